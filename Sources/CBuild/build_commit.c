#include "build_commit.h"

#define TEXT(name) #name
#define VALUE(name) TEXT(name)

const char *toposheet_build_commit(void) {
#ifdef TOPOSHEET_COMMIT
  return VALUE(TOPOSHEET_COMMIT);
#else
  return "";
#endif
}

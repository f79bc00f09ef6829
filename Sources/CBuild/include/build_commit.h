#ifndef TOPOSHEET_BUILD_COMMIT_H
#define TOPOSHEET_BUILD_COMMIT_H

/// The commit that the program was built from, if the build was given `-DTOPOSHEET_COMMIT=<hash>`;
/// otherwise an empty string.
const char *toposheet_build_commit(void);

#endif

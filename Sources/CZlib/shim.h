// zlib, for gzip files.
#pragma once
#include <zlib.h>

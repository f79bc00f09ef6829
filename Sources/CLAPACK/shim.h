// LAPACK's C interface.
#pragma once
#include <lapacke.h>

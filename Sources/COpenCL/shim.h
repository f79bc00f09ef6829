// OpenCL 1.2 as Swift sees it. Newer entry points are not declared: 1.2 is the floor.
#pragma once
#define CL_TARGET_OPENCL_VERSION 120
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>

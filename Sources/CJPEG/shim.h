// TurboJPEG, libjpeg-turbo's own interface: errors come back as codes, without longjmp.
#pragma once
#include <turbojpeg.h>

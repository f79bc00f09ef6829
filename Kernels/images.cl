// Images [channel, row, column] and what networks see of them, (value - mean) / standard deviation.
// All constants are SHAPE.

#ifndef TOPO_IMAGES_CL
#define TOPO_IMAGES_CL

// Images of a batch.
#ifndef BATCH
#define BATCH 64
#endif
#ifndef CHANNELS
#define CHANNELS 1
#endif
// Rows times columns.
#ifndef PIXELS
#define PIXELS 784
#endif
// One value per channel, separated by commas.
#ifndef MEAN
#define MEAN 0.0f
#endif
#ifndef STANDARD_DEVIATION
#define STANDARD_DEVIATION 1.0f
#endif

// Values of an image.
#define VALUES (CHANNELS * PIXELS)

constant float channel_mean[CHANNELS] = {MEAN};
constant float channel_standard_deviation[CHANNELS] = {STANDARD_DEVIATION};

#endif

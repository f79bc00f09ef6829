// PNG pictures through libpng. libpng reports errors by longjmp, which must not cross Swift's
// frames: it ends in here, and what went wrong comes back as a value.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What went wrong, as libpng says it: "IHDR: CRC error". Empty if nothing did.
typedef struct {
  char message[120];
  // Whether bytes were asked for beyond the last one.
  bool is_cut_short;
  // How many bytes were read before.
  size_t position;
} topo_png_failure;

// A picture that is being read from bytes in memory, which must stay there until
// `topo_png_close`.
typedef struct topo_png_reader topo_png_reader;

// Reads the header. Gives NULL and sets `failure` if that fails.
topo_png_reader *topo_png_open(
    const uint8_t *bytes, size_t count, uint32_t *rows, uint32_t *columns,
    topo_png_failure *failure);

// Reads the pixels as red, green and blue, `[row, column, 3]`, 8 bits each, whatever kind of pixels
// the file holds; transparency, gamma and color profiles are ignored. Once per reader.
bool topo_png_read(topo_png_reader *reader, uint8_t *pixels, topo_png_failure *failure);

void topo_png_close(topo_png_reader *reader);

// Takes the bytes of a file in order.
typedef void topo_png_append(void *context, const uint8_t *bytes, size_t count);

// Writes pixels `[row, column, channels]` of 8 bits; `channels` is 1 for gray and 3 for red, green
// and blue.
bool topo_png_write(
    const uint8_t *pixels, uint32_t rows, uint32_t columns, int channels, void *context,
    topo_png_append *append, topo_png_failure *failure);

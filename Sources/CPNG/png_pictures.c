#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "CPNG.h"

struct topo_png_reader {
  png_structp png;
  png_infop info;
  const uint8_t *bytes;
  size_t count;
  size_t position;
  topo_png_failure failure;
};

// Keeps the message where `png_get_error_ptr` points to, and goes back to the last `setjmp`.
static void fail(png_structp png, png_const_charp message) {
  topo_png_failure *failure = png_get_error_ptr(png);
  strncpy(failure->message, message, sizeof failure->message - 1);
  png_longjmp(png, 1);
}

// Warnings are about what is not read.
static void ignore(png_structp png, png_const_charp message) { (void)png, (void)message; }

static void take(png_structp png, png_bytep target, size_t count) {
  topo_png_reader *reader = png_get_io_ptr(png);
  if (count > reader->count - reader->position) {
    reader->failure.is_cut_short = true;
    png_error(png, "cut short");
  }
  memcpy(target, reader->bytes + reader->position, count);
  reader->position += count;
}

static void report(topo_png_reader *reader, topo_png_failure *failure) {
  *failure = reader->failure;
  failure->position = reader->position;
}

topo_png_reader *topo_png_open(
    const uint8_t *bytes, size_t count, uint32_t *rows, uint32_t *columns,
    topo_png_failure *failure) {
  *failure = (topo_png_failure){.message = "no memory left"};
  topo_png_reader *reader = calloc(1, sizeof *reader);
  if (!reader) return NULL;
  reader->bytes = bytes;
  reader->count = count;
  reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader->failure, fail, ignore);
  if (reader->png) reader->info = png_create_info_struct(reader->png);
  if (!reader->info) {
    topo_png_close(reader);
    return NULL;
  }
  if (setjmp(png_jmpbuf(reader->png))) {
    report(reader, failure);
    topo_png_close(reader);
    return NULL;
  }
  png_set_read_fn(reader->png, reader, take);
  // A chunk that changed on its way makes the whole file doubtful.
  png_set_crc_action(reader->png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  // The caller refuses sizes.
  png_set_user_limits(reader->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_read_info(reader->png, reader->info);
  *rows = png_get_image_height(reader->png, reader->info);
  *columns = png_get_image_width(reader->png, reader->info);
  *failure = (topo_png_failure){0};
  return reader;
}

bool topo_png_read(topo_png_reader *reader, uint8_t *pixels, topo_png_failure *failure) {
  png_structp png = reader->png;
  if (setjmp(png_jmpbuf(png))) {
    report(reader, failure);
    return false;
  }
  png_set_palette_to_rgb(png);
  png_set_expand_gray_1_2_4_to_8(png);
  png_set_scale_16(png);
  png_set_gray_to_rgb(png);
  png_set_strip_alpha(png);
  const int passes = png_set_interlace_handling(png);
  png_read_update_info(png, reader->info);
  const uint32_t rows = png_get_image_height(png, reader->info);
  const size_t stride = png_get_rowbytes(png, reader->info);
  if (stride != 3 * (size_t)png_get_image_width(png, reader->info)) {
    png_error(png, "pixels of an unknown kind");
  }
  for (int pass = 0; pass < passes; pass++) {
    for (uint32_t row = 0; row < rows; row++) png_read_row(png, pixels + row * stride, NULL);
  }
  png_read_end(png, NULL);
  *failure = (topo_png_failure){0};
  return true;
}

void topo_png_close(topo_png_reader *reader) {
  if (reader->png) png_destroy_read_struct(&reader->png, &reader->info, NULL);
  free(reader);
}

typedef struct {
  void *context;
  topo_png_append *append;
} destination;

static void put(png_structp png, png_bytep bytes, size_t count) {
  const destination *target = png_get_io_ptr(png);
  target->append(target->context, bytes, count);
}

static void flush(png_structp png) { (void)png; }

bool topo_png_write(
    const uint8_t *pixels, uint32_t rows, uint32_t columns, int channels, void *context,
    topo_png_append *append, topo_png_failure *failure) {
  *failure = (topo_png_failure){.message = "no memory left"};
  destination target = {context, append};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, failure, fail, ignore);
  if (!png) return false;
  png_infop info = png_create_info_struct(png);
  if (!info || setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    return false;
  }
  png_set_write_fn(png, &target, put, flush);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_compression_level(png, 9);
  // Enlarged pixels become zeros.
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE | PNG_FILTER_SUB | PNG_FILTER_UP);
  png_set_IHDR(
      png, info, columns, rows, 8, channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
      PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  const size_t stride = (size_t)columns * (size_t)channels;
  for (uint32_t row = 0; row < rows; row++) png_write_row(png, pixels + row * stride);
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  *failure = (topo_png_failure){0};
  return true;
}

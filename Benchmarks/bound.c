// How fast plain C accumulates what the 3-D families of IBSI 1 need from a region, on one core: the bound that `make
// bench` holds our times against. No feature formulas, no discretisation, no hull, no diameter, no percentile but the
// median. Build with the same target CPU as the software: clang -O3 -o bound bound.c -lm
//
//   bound FILE      reads what `radiomics-benchmark levels` wrote; answers each line of input by one measurement:
//                   a line of JSON with the CPU seconds of each kernel
//   bound FILE n    measures n times and ends (for counting instructions)
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct { long start; int count; } Span;

enum { levels = 32, table = levels + 1 };  // Ng; 0 is outside
static long nx, ny, nz, voxels;  // padded box, voxels of the region
static long step_y, step_z, size;
static uint8_t *level;  // padded by one voxel of level 0, and by a plane more before and after
static float *intensity;
static Span *spans;
static long span_count;
static long back[13];  // from a voxel to its 13 neighbours that come before it in memory

static void *zeroed(size_t count, size_t width) {
  void *memory = calloc(count, width);
  if (!memory) { fprintf(stderr, "bound: not enough memory\n"); exit(2); }
  return memory;
}

// An array over the box that may be indexed a plane before and after it.
static void *over_box(size_t width) { return (char *)zeroed((size_t)(size + 4 * step_z), width) + 2 * step_z * (long)width; }

static void load(const char *path) {
  FILE *file = fopen(path, "rb");
  long count = 0;
  if (!file || fscanf(file, "%ld %ld %ld %ld %ld", &nx, &ny, &nz, &count, &voxels) != 5 || fgetc(file) != '\n' ||
      nx < 3 || ny < 3 || nz < 3 || count > levels) {
    fprintf(stderr, "%s: not a file of at most %d grey levels\n", path, levels);
    exit(2);
  }
  step_y = nx; step_z = nx * ny; size = nx * ny * nz;
  level = over_box(1);
  intensity = zeroed((size_t)voxels, sizeof *intensity);
  if (fread(level, 1, (size_t)size, file) != (size_t)size ||
      fread(intensity, sizeof *intensity, (size_t)voxels, file) != (size_t)voxels) {
    fprintf(stderr, "%s: cut short\n", path);
    exit(2);
  }
  fclose(file);
  spans = zeroed((size_t)(voxels + 1), sizeof *spans);
  for (long i = 0; i < size; i++) {
    if (!level[i]) continue;
    long start = i;
    while (level[i]) i++;
    spans[span_count++] = (Span){start, (int)(i - start)};
  }
  int next = 0;
  for (int z = -1; z <= 0; z++)
    for (int y = -1; y <= 1; y++)
      for (int x = -1; x <= 1; x++)
        if (z < 0 || y < 0 || (y == 0 && x < 0)) back[next++] = x + y * step_y + z * step_z;
}

// Pairs of levels at distance 1, a table for each direction; row and column 0 collect what lies outside.
static uint32_t *pairs;
static void cooccurrence(void) {
  uint32_t *restrict all = pairs;
  long o[13];
  for (int d = 0; d < 13; d++) o[d] = back[d];
  memset(all, 0, 13 * table * table * sizeof *all);
  for (long s = 0; s < span_count; s++) {
    const uint8_t *restrict p = level + spans[s].start;
    for (const uint8_t *end = p + spans[s].count; p < end; p++) {
      uint32_t *first = all + p[0] * table;
#pragma clang loop unroll(full)
      for (int d = 0; d < 13; d++) first[d * table * table + p[o[d]]]++;
    }
  }
}

// Runs by direction: the place of each voxel in its run (1, 2, …) is vectorised over a row; a run of length k has one
// voxel in each of the places 1 … k, so runs of length k are voxels at place k less voxels at place k + 1.
static uint8_t *place;
static uint32_t *places, *runs;
static void continue_runs(int n, const uint8_t *restrict p, const uint8_t *restrict q, const uint8_t *restrict before,
                          uint8_t *restrict k) {
  for (int x = 0; x < n; x++) {
    const uint8_t next = (uint8_t)(before[x] + 1);
    k[x] = p[x] == q[x] ? next : 1;
  }
}
static void count_places(int n, const uint8_t *restrict p, const uint8_t *restrict k, uint32_t *restrict table0,
                         uint32_t *restrict table1, uint32_t *restrict table2, uint32_t *restrict table3) {
  int x = 0;
  for (; x + 4 <= n; x += 4) {
    table0[p[x] * 256 + k[x]]++;
    table1[p[x + 1] * 256 + k[x + 1]]++;
    table2[p[x + 2] * 256 + k[x + 2]]++;
    table3[p[x + 3] * 256 + k[x + 3]]++;
  }
  for (; x < n; x++) table0[p[x] * 256 + k[x]]++;
}
static void run_lengths(void) {
  enum { part = 256 * table };
  uint32_t *const sum = places;
  for (int d = 0; d < 13; d++) {
    memset(sum, 0, 4 * part * sizeof *sum);
    for (long s = 0; s < span_count; s++) {
      const int count = spans[s].count;
      const uint8_t *p = level + spans[s].start;
      uint8_t *k = place + spans[s].start;
      if (back[d] == -1) {
        uint8_t run = 0;
        for (int x = 0; x < count; x++) k[x] = run = p[x] == p[x - 1] ? (uint8_t)(run + 1) : 1;
      } else {
        continue_runs(count, p, p + back[d], k + back[d], k);
      }
      count_places(count, p, k, sum, sum + part, sum + 2 * part, sum + 3 * part);
    }
    for (int i = 256; i < part; i++) sum[i] += sum[part + i] + sum[2 * part + i] + sum[3 * part + i];
    for (int i = 256; i < part - 1; i++) runs[d * part + i] = sum[i] - sum[i + 1];
  }
}

// Neighbourhoods of 26: the sum of levels, how many are inside and how many equal the centre, row by row in bytes.
static double *differences;
static uint32_t *dependences;
static void compare(int n, const uint8_t *restrict p, const uint8_t *restrict q, uint16_t *restrict sum,
                    uint8_t *restrict inside, uint8_t *restrict equal) {
  for (int x = 0; x < n; x++) {
    sum[x] += q[x];
    inside[x] += q[x] != 0;
    equal[x] += q[x] == p[x];
  }
}
static void neighbourhoods(void) {
  static uint16_t sum[1 << 16];
  static uint8_t inside[1 << 16], equal[1 << 16];
  double inverse[27] = {0};
  for (int n = 1; n < 27; n++) inverse[n] = 1.0 / n;
  memset(differences, 0, table * sizeof *differences);
  memset(dependences, 0, 32 * table * sizeof *dependences);
  double *restrict total = differences;
  uint32_t *restrict counts = dependences;
  for (long s = 0; s < span_count; s++) {
    const int count = spans[s].count;
    const uint8_t *p = level + spans[s].start;
    memset(sum, 0, 2 * (size_t)count);
    memset(inside, 0, (size_t)count);
    memset(equal, 0, (size_t)count);
    for (int d = 0; d < 13; d++) {
      compare(count, p, p + back[d], sum, inside, equal);
      compare(count, p, p - back[d], sum, inside, equal);
    }
    for (int x = 0; x < count; x++) {
      counts[p[x] * 32 + equal[x]]++;
      if (inside[x]) total[p[x]] += fabs(p[x] - sum[x] * inverse[inside[x]]);
    }
  }
}

// Zones of equal level by union-find over the 13 neighbours before each voxel; their sizes gather at the roots.
static int32_t *parent;
static uint32_t *zone_size;
static int32_t root_of(int32_t a) {
  while (parent[a] != a) a = parent[a] = parent[parent[a]];
  return a;
}
static void size_zones(void) {
  const uint8_t *const v = level;
  long o[13];
  for (int d = 0; d < 13; d++) o[d] = back[d];
  for (long s = 0; s < span_count; s++)
    for (long i = spans[s].start; i < spans[s].start + spans[s].count; i++) {
      int32_t root = (int32_t)i;
      parent[i] = root;
      for (int d = 0; d < 13; d++) {
        if (v[i + o[d]] != v[i]) continue;
        int32_t other = root_of((int32_t)(i + o[d]));
        if (other == root) continue;
        if (other < root) { parent[root] = other; root = other; } else { parent[other] = root; }
      }
      parent[i] = root;
      zone_size[i] = 0;
    }
  for (long s = 0; s < span_count; s++)
    for (long i = spans[s].start; i < spans[s].start + spans[s].count; i++) zone_size[root_of((int32_t)i)]++;
}

// City-block distance to the outside in two sweeps, and its minimum over each zone (after size_zones).
static uint16_t *distance, *zone_distance;
static uint16_t least(uint16_t a, uint16_t b, uint16_t c) { uint16_t m = a < b ? a : b; return m < c ? m : c; }
static void distance_zones(void) {
  for (long s = 0; s < span_count; s++)
    for (long i = spans[s].start; i < spans[s].start + spans[s].count; i++)
      distance[i] = least(distance[i - 1], distance[i - step_y], distance[i - step_z]) + 1;
  for (long s = span_count - 1; s >= 0; s--)
    for (long i = spans[s].start + spans[s].count - 1; i >= spans[s].start; i--) {
      uint16_t d = least(distance[i + 1], distance[i + step_y], distance[i + step_z]) + 1;
      if (d < distance[i]) distance[i] = d;
      zone_distance[i] = UINT16_MAX;
    }
  for (long s = 0; s < span_count; s++)
    for (long i = spans[s].start; i < spans[s].start + spans[s].count; i++) {
      int32_t root = root_of((int32_t)i);
      if (distance[i] < zone_distance[root]) zone_distance[root] = distance[i];
    }
}

// Range, moments about the mean, energy, and the median by a histogram of whole numbers.
static double figures[9];
static uint32_t histogram[1 << 16];
static void first_order(void) {
  double sum = 0, m2 = 0, m3 = 0, m4 = 0, absolute = 0, energy = 0;
  float low = INFINITY, high = -INFINITY;
  for (long i = 0; i < voxels; i++) {
    sum += intensity[i];
    low = intensity[i] < low ? intensity[i] : low;
    high = intensity[i] > high ? intensity[i] : high;
  }
  const double mean = sum / (double)voxels;
  memset(histogram, 0, sizeof histogram);
  for (long i = 0; i < voxels; i++) {
    const double v = intensity[i], d = v - mean, d2 = d * d;
    m2 += d2; m3 += d2 * d; m4 += d2 * d2; absolute += fabs(d); energy += v * v;
    histogram[(uint16_t)(int)v]++;
  }
  long below = 0;
  int median = INT16_MIN;
  while (2 * (below += histogram[(uint16_t)median]) < voxels && median < INT16_MAX) median++;
  double all[9] = {mean, m2, m3, m4, absolute, energy, low, high, median};
  memcpy(figures, all, sizeof all);
}

// Marching cubes in outline: how many corners of each cell are inside, and two triangles' area and volume where some are.
static double surface;
static long surface_cells;
static void mesh(void) {
  uint8_t *corners = zeroed((size_t)nx, 1);
  double area = 0, volume = 0;
  surface_cells = 0;
  for (long z = 0; z < nz - 1; z++)
    for (long y = 0; y < ny - 1; y++) {
      const uint8_t *a = level + z * step_z + y * step_y, *b = a + step_y, *c = a + step_z, *d = c + step_y;
      for (long x = 0; x < nx - 1; x++)
        corners[x] = (uint8_t)((a[x] != 0) + (a[x + 1] != 0) + (b[x] != 0) + (b[x + 1] != 0) + (c[x] != 0) +
                               (c[x + 1] != 0) + (d[x] != 0) + (d[x + 1] != 0));
      for (long x = 0; x < nx - 1; x++) {
        if (corners[x] == 0 || corners[x] == 8) continue;
        surface_cells++;
        for (int t = 0; t < 2; t++) {
          const double u[3] = {x + 0.5 * t, y, z}, v[3] = {y, z + 0.5 * t, x};
          const double n[3] = {u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]};
          area += sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
          volume += n[0] * z + n[1] * x + n[2] * y;
        }
      }
    }
  surface = area + volume;
  free(corners);
}

static const struct { const char *name; void (*run)(void); } kernels[] = {
  {"glcm", cooccurrence}, {"glrlm", run_lengths}, {"ngtdm_ngldm", neighbourhoods}, {"glszm", size_zones},
  {"gldzm", distance_zones}, {"intensity", first_order}, {"mesh", mesh},
};

static double cpu(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void measure(void) {
  for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
    const double start = cpu();
    kernels[k].run();
    printf("%s\"%s\": %.9f", k ? ", " : "{\"steps\": {", kernels[k].name, cpu() - start);
  }
  printf("}}\n");
  fflush(stdout);
}

int main(int argc, char **argv) {
  if (argc < 2) { fprintf(stderr, "usage: bound FILE [n]\n"); return 2; }
  load(argv[1]);
  pairs = zeroed(13 * table * table, sizeof *pairs);
  places = zeroed(4 * 256 * table, sizeof *places);
  runs = zeroed(13 * 256 * table, sizeof *runs);
  differences = zeroed(table, sizeof *differences);
  dependences = zeroed(32 * table, sizeof *dependences);
  place = over_box(1);
  parent = over_box(sizeof *parent);
  zone_size = over_box(sizeof *zone_size);
  distance = over_box(sizeof *distance);
  zone_distance = over_box(sizeof *zone_distance);
  if (argc > 2) {
    for (int n = atoi(argv[2]); n > 0; n--) measure();
    return 0;
  }
  for (int c; (c = getchar()) != EOF;)
    if (c == '\n') measure();
  // What was counted stands in memory that someone might read, so that no loop may be left out.
  volatile double kept = surface + (double)surface_cells + figures[0] + pairs[1] + runs[1] + differences[1];
  return kept == 0.5;
}

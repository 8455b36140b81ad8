/* Costs of ranks: time of each kind of pass, bytes and messages, and what a message costs here.
 *   mpicc -O2 -I include -I build/include bench/ranks/bench_ranks.c -L build -ltepui -lm -o bench_ranks
 *   mpirun -n R bench_ranks cost N D M THREADS REPEATS     samples in memory, shared out
 *   bench_ranks make FILE N D                              N rows of D inputs and a target, float32
 *   mpirun -n R bench_ranks disk FILE N D M THREADS KINDS  the same, every rank reading its rows whenever
 *                                                          they are asked
 * KINDS: the first so many of gradient, product, inner Hessians, Hessian. Rank 0 prints one JSON object. */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <tepui/tepui.h>
#include <tepui/tepui_mpi.h>
#include <unistd.h>

static int rank = 0, size = 1;
static tepui_context* context = NULL;

static void require(int good, const char* what) {
    if (good) return;
    fprintf(stderr, "rank %d: %s: %s\n", rank, what, context == NULL ? "" : tepui_context_message(context));
    MPI_Abort(MPI_COMM_WORLD, 1);
}
static void ok(tepui_status status) {
    require(status == TEPUI_OK, tepui_status_name(status));
}

static double number(uint64_t at) {
    uint64_t h = (at + 1) * 0x9e3779b97f4a7c15u;
    h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
    h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
    return (double)((h ^ (h >> 31)) >> 11) * 0x1p-52 - 1.0;
}

static int compare(const void* a, const void* b) {
    return (*(const double*)a > *(const double*)b) - (*(const double*)a < *(const double*)b);
}
static double median(double* values, int count) {
    qsort(values, (size_t)count, sizeof *values, compare);
    return values[count / 2];
}

static uint64_t mark(uint64_t hash, const void* bytes, size_t count) {
    for (size_t b = 0; b < count; ++b) hash = (hash ^ ((const unsigned char*)bytes)[b]) * 0x100000001b3u;
    return hash;
}

struct rows {
    int file;
    int64_t begin, d;
    float* buffer;
    size_t room;
};

static int32_t read_rows(void* user, int64_t first, int64_t count, double* x, double* y, double* weights) {
    struct rows* rows = user;
    const int64_t columns = rows->d + 1;
    const size_t bytes = (size_t)(count * columns) * sizeof(float);
    (void)weights;
    if (bytes > rows->room) {
        free(rows->buffer);
        rows->buffer = malloc(bytes);
        rows->room = rows->buffer == NULL ? 0 : bytes;
        if (rows->buffer == NULL) return 1;
    }
    for (size_t done = 0; done < bytes;) {
        const ssize_t got =
            pread(rows->file, (char*)rows->buffer + done, bytes - done,
                  (off_t)((rows->begin + first) * columns) * (off_t)sizeof(float) + (off_t)done);
        if (got <= 0) return 2;
        done += (size_t)got;
    }
    for (int64_t k = 0; k < count; ++k) {
        for (int64_t j = 0; j < rows->d; ++j) x[k * rows->d + j] = rows->buffer[k * columns + j];
        if (y != NULL) y[k] = rows->buffer[k * columns + rows->d];
    }
    return 0;
}

static void make_file(const char* path, int64_t n, int64_t d) {
    FILE* file = fopen(path, "wb");
    float* row = malloc(sizeof(float) * (size_t)(d + 1));
    require(file != NULL && row != NULL, path);
    for (int64_t k = 0; k < n; ++k) {
        double y = 0.0;
        for (int64_t j = 0; j < d; ++j) {
            row[j] = (float)number((uint64_t)(k * d + j));
            y += row[j] * (j % 3 == 0 ? 0.3 : -0.1);
        }
        row[d] = (float)(y + 0.1 * number((uint64_t)(n * d + k)));
        require(fwrite(row, sizeof *row, (size_t)(d + 1), file) == (size_t)(d + 1), path);
    }
    require(fclose(file) == 0, path);
    free(row);
}

/* Half of there and back, of rank 0 and 1. */
static double message_seconds(size_t bytes, int repeats) {
    char* buffer = calloc(bytes, 1);
    double begin = 0.0;
    for (int turn = -repeats / 4; turn < repeats; ++turn) {
        if (turn == 0) begin = MPI_Wtime();
        if (rank == 0) {
            MPI_Send(buffer, (int)bytes, MPI_BYTE, 1, 1, MPI_COMM_WORLD);
            MPI_Recv(buffer, (int)bytes, MPI_BYTE, 1, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        } else if (rank == 1) {
            MPI_Recv(buffer, (int)bytes, MPI_BYTE, 0, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            MPI_Send(buffer, (int)bytes, MPI_BYTE, 0, 1, MPI_COMM_WORLD);
        }
    }
    const double seconds = (MPI_Wtime() - begin) / (2.0 * repeats);
    free(buffer);
    return seconds;
}

static int64_t traffic(tepui_traffic_item item) {
    int64_t value = 0;
    ok(tepui_context_traffic(context, item, &value));
    long long all = value, most = 0;
    MPI_Allreduce(&all, &most, 1, MPI_LONG_LONG, MPI_MAX, MPI_COMM_WORLD);
    return most;
}

int main(int argc, char** argv) {
    MPI_Init(&argc, &argv);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    const int disk = argc == 8 && strcmp(argv[1], "disk") == 0,
              cost = argc == 7 && strcmp(argv[1], "cost") == 0;
    if (argc == 5 && strcmp(argv[1], "make") == 0) {
        make_file(argv[2], atoll(argv[3]), atoll(argv[4]));
        return MPI_Finalize();
    }
    require(disk || cost,
            "bench_ranks cost N D M THREADS REPEATS | make FILE N D | disk FILE N D M THREADS KINDS");
    char** at = argv + (disk ? 3 : 2);
    const int64_t n = atoll(at[0]), d = atoll(at[1]), m = atoll(at[2]), threads = atoll(at[3]);
    const int repeats = cost ? atoi(at[4]) : 3, kinds = cost ? 4 : atoi(at[4]);
    require(kinds >= 1 && kinds <= 4, "KINDS is 1 to 4");
    const int64_t p = m * (d + 1), begin = n / size * rank + n % size * rank / size;
    const int64_t mine = n / size * (rank + 1) + n % size * (rank + 1) / size - begin;

    tepui_mpi ranks;
    require(tepui_context_create(&context) == TEPUI_OK, "context");
    ok(tepui_mpi_open(context, MPI_COMM_WORLD, &ranks));
    ok(tepui_context_set_integer(context, TEPUI_OPTION_THREADS, threads));
    ok(tepui_context_set_integer(context, TEPUI_OPTION_GATHERED_VALUES, 0));
    struct rows rows = {-1, begin, d, NULL, 0};
    double *x = NULL, *y = NULL, start = MPI_Wtime();
    tepui_dataset* data = NULL;
    if (disk) {
        rows.file = open(argv[2], O_RDONLY);
        require(rows.file >= 0, argv[2]);
        ok(tepui_dataset_create_chunked(context, mine, d, read_rows, &rows, 0, 0, &data));
    } else {
        x = malloc(sizeof *x * (size_t)(mine * d + 1));
        y = malloc(sizeof *y * (size_t)(mine + 1));
        for (int64_t k = 0; k < mine; ++k) {
            for (int64_t j = 0; j < d; ++j) x[k * d + j] = number((uint64_t)((begin + k) * d + j));
            y[k] = number((uint64_t)(n * d + begin + k));
        }
        ok(tepui_dataset_create(context, mine, d, x, d, y, NULL, TEPUI_DATASET_BORROW, &data));
    }
    const double made = MPI_Wtime() - start;
    tepui_activation* sigma = NULL;
    tepui_network* network = NULL;
    double* parameters = malloc(sizeof(double) * (size_t)p);
    double* result = malloc(sizeof(double) * (size_t)(p > m * d * d ? p : m * d * d));
    double* square = malloc(sizeof(double) * (size_t)(p * p));
    for (int64_t e = 0; e < p; ++e) parameters[e] = number((uint64_t)(1000000007 + e));
    ok(tepui_activation_create_named(context, "tanh", &sigma));
    ok(tepui_network_create(context, sigma, m, d, parameters, d, parameters + m * d, &network));

    const char* names[] = {"gradient", "product", "inner_hessians", "hessian"};
    double seconds[4] = {0}, all[64];
    int64_t sent[4] = {0}, messages[4] = {0};
    uint64_t hash = 0xcbf29ce484222325u;
    for (int kind = 0; kind < kinds; ++kind) {
        const int turns = kind < 2 ? repeats : repeats < 3 ? repeats : 3;
        const int64_t bytes = traffic(TEPUI_TRAFFIC_BYTES_SENT), count = traffic(TEPUI_TRAFFIC_MESSAGES);
        for (int turn = 0; turn < turns && turn < 64; ++turn) {
            double loss = 0.0;
            MPI_Barrier(MPI_COMM_WORLD);
            start = MPI_Wtime();
            if (kind == 0) ok(tepui_gradient(context, data, network, &loss, result, NULL));
            if (kind == 1) ok(tepui_hessian_vector(context, data, network, parameters, result));
            if (kind == 2) ok(tepui_inner_hessians(context, data, network, result));
            if (kind == 3) ok(tepui_hessian(context, data, network, square, p));
            all[turn] = MPI_Wtime() - start;
            if (turn == 0 && kind == 0) hash = mark(hash, &loss, sizeof loss);
        }
        hash = kind == 3   ? mark(hash, square, sizeof(double) * (size_t)(p * p))
               : kind == 2 ? mark(hash, result, sizeof(double) * (size_t)(m * d * d))
                           : mark(hash, result, sizeof(double) * (size_t)p);
        seconds[kind] = median(all, turns);
        sent[kind] = (traffic(TEPUI_TRAFFIC_BYTES_SENT) - bytes) / turns;
        messages[kind] = (traffic(TEPUI_TRAFFIC_MESSAGES) - count) / turns;
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    long resident = usage.ru_maxrss, most = 0;
    MPI_Allreduce(&resident, &most, 1, MPI_LONG, MPI_MAX, MPI_COMM_WORLD);
    const double latency = size > 1 ? message_seconds(48, 2000) : 0.0;
    const double mebibyte = size > 1 ? message_seconds((size_t)1 << 20, 200) : 0.0;
    if (rank == 0) {
        printf("{\"ranks\": %d, \"threads\": %lld, \"n\": %lld, \"d\": %lld, \"m\": %lld, \"made\": %.3f, ",
               size, (long long)threads, (long long)n, (long long)d, (long long)m, made);
        for (int kind = 0; kind < kinds; ++kind)
            printf("\"%s\": {\"seconds\": %.6f, \"bytes_sent\": %lld, \"messages\": %lld}, ", names[kind],
                   seconds[kind], (long long)sent[kind], (long long)messages[kind]);
        printf("\"latency\": %.3g, \"mebibyte\": %.3g, \"resident_kib\": %ld, \"results\": \"%016llx\"}\n",
               latency, mebibyte, most, (unsigned long long)hash);
    }
    tepui_network_destroy(network);
    tepui_activation_destroy(sigma);
    tepui_dataset_destroy(data);
    tepui_context_destroy(context);
    tepui_mpi_close(&ranks);
    free(rows.buffer);
    free(x);
    free(y);
    free(parameters);
    free(result);
    free(square);
    return MPI_Finalize();
}

/* A program of several ranks: every rank makes its part of the same samples, and rank 0 prints what the
 * library says. ranks DIVISION GATHERED [kill|fail] DIVISION: even, odd, empty (the second rank has all) or
 * last. GATHERED: TEPUI_OPTION_GATHERED_VALUES. kill: the last rank is killed in the midst of a pass; fail:
 * it runs into an error. */
#include <mpi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tepui/tepui.h>
#include <tepui/tepui_mpi.h>

enum { N = 20000, D = 5, M = 4, P = M * (D + 1) };

static int rank = 0, size = 1;
static tepui_context* context = NULL;

static void require(tepui_status status) {
    if (status == TEPUI_OK) return;
    printf("rank %d: %s: %s\n", rank, tepui_status_name(status), tepui_context_message(context));
    fflush(stdout);
    MPI_Finalize();
    exit(3);
}

/* The same numbers everywhere. */
static double number(uint64_t at) {
    uint64_t h = (at + 1) * 0x9e3779b97f4a7c15u;
    h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
    h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
    return (double)((h ^ (h >> 31)) >> 11) * 0x1p-52 - 1.0;
}

static int64_t first_of(const char* division, int64_t r) {
    if (r <= 0) return 0;
    if (r >= size) return N;
    if (strcmp(division, "odd") == 0) return 1 + N * r * r / (size * size + 3);
    if (strcmp(division, "empty") == 0) return r == 1 ? 0 : N;
    if (strcmp(division, "last") == 0) return 7 * r;
    return N * r / size;
}

static int killed = 0;
static int32_t die(void* user, int64_t count, const double* z, double* value, double* first, double* second,
                   double* third) {
    (void)user;
    if (killed) raise(SIGKILL);
    for (int64_t k = 0; k < count; ++k) {
        value[k] = z[k];
        if (first != NULL) first[k] = 1.0;
        if (second != NULL) second[k] = 0.0;
        if (third != NULL) third[k] = 0.0;
    }
    return 0;
}

static uint64_t mark(uint64_t hash, const void* bytes, size_t count) {
    for (size_t b = 0; b < count; ++b) hash = (hash ^ ((const unsigned char*)bytes)[b]) * 0x100000001b3u;
    return hash;
}

int main(int argc, char** argv) {
    MPI_Init(&argc, &argv);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    const char* division = argc > 1 ? argv[1] : "even";
    const char* mode = argc > 3 ? argv[3] : "";
    tepui_mpi ranks;
    if (tepui_context_create(&context) != TEPUI_OK) MPI_Abort(MPI_COMM_WORLD, 1);
    require(tepui_mpi_open(context, MPI_COMM_WORLD, &ranks));
    require(tepui_context_set_integer(context, TEPUI_OPTION_THREADS, 1 + rank % 2));
    require(tepui_context_set_integer(context, TEPUI_OPTION_GATHERED_VALUES, argc > 2 ? atoll(argv[2]) : 0));

    const int64_t begin = first_of(division, rank), n = first_of(division, rank + 1) - begin;
    double* x = malloc(sizeof(double) * (size_t)(n * D + 1));
    double* y = malloc(sizeof(double) * (size_t)(n + 1));
    for (int64_t k = 0; k < n; ++k) {
        for (int64_t j = 0; j < D; ++j) x[k * D + j] = number((uint64_t)((begin + k) * D + j));
        y[k] = number((uint64_t)(N * D + begin + k));
    }
    if (strcmp(mode, "fail") == 0 && rank == size - 1) x[0] = 1.0 / (y[0] - y[0]);
    tepui_dataset* data = NULL;
    require(tepui_dataset_create(context, n, D, x, D, y, NULL, TEPUI_DATASET_BORROW, &data));

    double parameters[P], gradient[P], hessian[P * P], loss = 0.0;
    for (int p = 0; p < P; ++p) parameters[p] = number((uint64_t)(1000000007 + p));
    tepui_activation* sigma = NULL;
    tepui_network* network = NULL;
    if (strcmp(mode, "kill") == 0) {
        require(tepui_activation_create_custom(context, die, NULL, TEPUI_SMOOTHNESS_ANALYTIC, 0,
                                               TEPUI_PARITY_NONE, 0, &sigma));
    } else {
        require(tepui_activation_create_named(context, "tanh", &sigma));
    }
    require(tepui_network_create(context, sigma, M, D, parameters, D, parameters + M * D, &network));
    killed = strcmp(mode, "kill") == 0 && rank == size - 1;
    require(tepui_gradient(context, data, network, &loss, gradient, NULL));
    require(tepui_hessian(context, data, network, hessian, P));
    tepui_analysis* analysis = NULL;
    const tepui_report* report = NULL;
    const char* json = NULL;
    require(tepui_analyze(context, data, network, &analysis));
    require(tepui_analysis_report(context, analysis, &report));
    require(tepui_report_json(context, report, &json));
    uint64_t hash = mark(0xcbf29ce484222325u, gradient, sizeof gradient);
    hash = mark(mark(hash, hessian, sizeof hessian), json, strlen(json));
    int64_t passes = 0, bytes = 0;
    require(tepui_context_traffic(context, TEPUI_TRAFFIC_PASSES, &passes));
    require(tepui_context_traffic(context, TEPUI_TRAFFIC_BYTES_SENT, &bytes));
    /* Every rank has the same. */
    uint64_t least = hash, most = hash;
    MPI_Allreduce(MPI_IN_PLACE, &least, 1, MPI_UINT64_T, MPI_MIN, MPI_COMM_WORLD);
    MPI_Allreduce(MPI_IN_PLACE, &most, 1, MPI_UINT64_T, MPI_MAX, MPI_COMM_WORLD);
    if (rank == 0)
        printf("loss %.17g, results %016llx, %s, samples %lld, shared %d\n", loss, (unsigned long long)hash,
               least == most ? "alike on all" : "DIFFERENT", (long long)tepui_dataset_samples(data),
               passes > 0);
    tepui_analysis_destroy(analysis);
    tepui_network_destroy(network);
    tepui_activation_destroy(sigma);
    tepui_dataset_destroy(data);
    tepui_context_destroy(context);
    tepui_mpi_close(&ranks);
    free(x);
    free(y);
    return MPI_Finalize();
}

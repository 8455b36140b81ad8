/* Ranks of MPI: the two functions of tepui_context_set_collective over the caller's own mpi.h, which is
 * compiled with the caller's program. Include this header where mpi.h is found; tepui.h does not.
 *
 *     #include <mpi.h>
 *     #include <tepui/tepui_mpi.h>
 *
 *     int main(int argc, char** argv) {
 *         MPI_Init(&argc, &argv);
 *         tepui_mpi ranks;
 *         tepui_context* context;
 *         if (tepui_context_create(&context) != TEPUI_OK) MPI_Abort(MPI_COMM_WORLD, 1);
 *         if (tepui_mpi_open(context, MPI_COMM_WORLD, &ranks) != TEPUI_OK) MPI_Abort(MPI_COMM_WORLD, 1);
 *         tepui_context_destroy(context);
 *         tepui_mpi_close(&ranks);
 *         return MPI_Finalize();
 *     }
 *
 * MPI_Init is enough: only the thread that calls the library calls MPI (MPI_THREAD_FUNNELED where other
 * threads run). Errors of MPI end all ranks, as MPI_ERRORS_ARE_FATAL has it, unless the caller sets another
 * handler: the call then fails with TEPUI_ERROR_CALLBACK. */
#ifndef TEPUI_MPI_H
#define TEPUI_MPI_H

#include <mpi.h>

#include "collective.h"

/* The caller's, from tepui_mpi_open to tepui_mpi_close, which comes after the context and what was made with
 * it are destroyed. */
typedef struct tepui_mpi {
    MPI_Comm communicator; /* a copy of the caller's: no message of the caller's meets one of the library's */
} tepui_mpi;

static inline int32_t tepui_mpi_send(void* user, int64_t to, const void* bytes, int64_t count) {
    return (int32_t)MPI_Send(bytes, (int)count, MPI_BYTE, (int)to, 0, ((tepui_mpi*)user)->communicator);
}

static inline int32_t tepui_mpi_receive(void* user, int64_t from, void* bytes, int64_t count) {
    return (int32_t)MPI_Recv(bytes, (int)count, MPI_BYTE, (int)from, 0, ((tepui_mpi*)user)->communicator,
                             MPI_STATUS_IGNORE);
}

/* Called by all ranks of the communicator. Errors: as tepui_context_set_collective; TEPUI_ERROR_CALLBACK
 * (MPI). */
static inline tepui_status tepui_mpi_open(tepui_context* context, MPI_Comm communicator, tepui_mpi* ranks) {
    int size = 1, rank = 0;
    if (MPI_Comm_dup(communicator, &ranks->communicator) != MPI_SUCCESS) return TEPUI_ERROR_CALLBACK;
    if (MPI_Comm_size(ranks->communicator, &size) != MPI_SUCCESS) return TEPUI_ERROR_CALLBACK;
    if (MPI_Comm_rank(ranks->communicator, &rank) != MPI_SUCCESS) return TEPUI_ERROR_CALLBACK;
    return tepui_context_set_collective(context, size, rank, tepui_mpi_send, tepui_mpi_receive, ranks);
}

static inline void tepui_mpi_close(tepui_mpi* ranks) {
    MPI_Comm_free(&ranks->communicator);
}

#endif

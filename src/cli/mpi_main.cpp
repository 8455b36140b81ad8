// tepui-mpi: the command on several ranks of MPI. Rank 0 speaks and writes; where not all come to the end
// within some seconds of each other, all are ended.
#include <mpi.h>
#include <tepui/tepui_mpi.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

#include "cli/run_command.hpp"
#include "cli/support/blas_environment.hpp"
#include "cli/support/output_files.hpp"
#include "cli/support/ranks.hpp"
#include "cli/support/user_error.hpp"

namespace {

constexpr std::chrono::seconds kPatience{10};

// False when some rank is not there in time: it has ended, or waits for what will not come.
bool all_are_there(MPI_Comm communicator) {
    MPI_Request request;
    int there = 0;
    if (MPI_Ibarrier(communicator, &request) != MPI_SUCCESS) return false;
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < end) {
        if (MPI_Test(&request, &there, MPI_STATUS_IGNORE) != MPI_SUCCESS) return false;
        if (there != 0) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
}

void set_ranks(tepui_mpi& mpi) {
    int size = 1, rank = 0;
    MPI_Comm_dup(MPI_COMM_WORLD, &mpi.communicator);
    MPI_Comm_size(mpi.communicator, &size);
    MPI_Comm_rank(mpi.communicator, &rank);
    tepui::cli::Ranks& ranks = tepui::cli::ranks();
    ranks = {size, rank, tepui_mpi_send, tepui_mpi_receive, &mpi, std::nullopt, false};
    if (const char* values = std::getenv("TEPUI_GATHERED_VALUES"))
        ranks.gathered_values = std::strtoll(values, nullptr, 10);
}

}  // namespace

int main(int count, char** arguments) {
    using namespace tepui::cli;
    start_with_good_blas_kernels(arguments);  // it may start the program again, which MPI must not see
    int provided = 0;
    MPI_Init_thread(&count, &arguments, MPI_THREAD_FUNNELED, &provided);
    tepui_mpi mpi;
    set_ranks(mpi);
    const int status = run_command(count, arguments);
    if (!all_are_there(mpi.communicator)) {
        ranks().loud = true;
        complain("rank " + std::to_string(ranks().rank) + " ended with status " + std::to_string(status) +
                 " and others did not: all are ended");
        MPI_Abort(MPI_COMM_WORLD, status == 0 ? int(exit_library) : status);
    }
    MPI_Comm_free(&mpi.communicator);
    MPI_Finalize();
    return status;
}

// tepui on several ranks without an MPI: processes of one machine, with a pair of sockets between each two.
//   forked_ranks R COMMAND ...      TEPUI_GATHERED_VALUES: the option of that name
//                                   TEPUI_RANK_FOLDER: rank r works in the folder of this name and r
// Ends with the status of the first rank that has one.
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "cli/run_command.hpp"
#include "cli/support/blas_environment.hpp"
#include "cli/support/ranks.hpp"

namespace {

std::vector<int> ends;  // of this rank, one to each other

template <class Move>
std::int32_t move_all(std::int64_t count, const Move& move) {
    for (std::int64_t done = 0; done < count;) {
        const ssize_t moved = move(done);
        if (moved <= 0) return 1;
        done += moved;
    }
    return 0;
}

std::int32_t send_bytes(void*, std::int64_t to, const void* bytes, std::int64_t count) {
    return move_all(count, [&](std::int64_t done) {
        return ::send(ends[std::size_t(to)], static_cast<const char*>(bytes) + done,
                      std::size_t(count - done), MSG_NOSIGNAL);
    });
}

std::int32_t receive_bytes(void*, std::int64_t from, void* bytes, std::int64_t count) {
    return move_all(count, [&](std::int64_t done) {
        return ::recv(ends[std::size_t(from)], static_cast<char*>(bytes) + done, std::size_t(count - done),
                      0);
    });
}

}  // namespace

int main(int count, char** arguments) {
    using namespace tepui::cli;
    start_with_good_blas_kernels(arguments);
    const int size = count > 2 ? std::atoi(arguments[1]) : 0;
    if (size < 1) return 64;
    std::vector<std::vector<int>> all(std::size_t(size), std::vector<int>(std::size_t(size), -1));
    for (std::size_t r = 0; r < all.size(); ++r)
        for (std::size_t s = 0; s < r; ++s) {
            int pair[2];
            if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return 65;
            all[r][s] = pair[0];
            all[s][r] = pair[1];
        }
    std::vector<pid_t> children;
    for (int rank = 0; rank < size; ++rank) {
        const pid_t child = fork();
        if (child < 0) return 66;
        if (child > 0) {
            children.push_back(child);
            continue;
        }
        for (std::size_t r = 0; r < all.size(); ++r)
            for (const int end : all[r])
                if (end >= 0 && r != std::size_t(rank)) close(end);
        ends = all[std::size_t(rank)];
        ranks() = {size, rank, send_bytes, receive_bytes, nullptr, std::nullopt, false};
        if (const char* values = std::getenv("TEPUI_GATHERED_VALUES"))
            ranks().gathered_values = std::strtoll(values, nullptr, 10);
        const char* folder = std::getenv("TEPUI_RANK_FOLDER");
        if (folder != nullptr && chdir((folder + std::to_string(rank)).c_str()) != 0) return 67;
        arguments[1] = arguments[0];
        std::exit(run_command(count - 1, arguments + 1));
    }
    for (const auto& row : all)
        for (const int end : row)
            if (end >= 0) close(end);
    int first = 0;
    for (const pid_t child : children) {
        int status = 0;
        waitpid(child, &status, 0);
        if (first == 0) first = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return first;
}

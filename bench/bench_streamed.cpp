// Passes over data in memory, in single precision, mapped from a file, and read from it piece by piece; and
// plain reading of the file. In turns; the best of many counts.
//
//   bench_streamed m d n FILE [cold]   FILE is written with n x d numbers, and left there; cold: the system
//                                      is asked to forget the file before each reading
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <vector>

#include "core/random.hpp"
#include "network/derivatives/objective.hpp"
#include "splitting/inner_hessian.hpp"

namespace tepui {
namespace {

// The best of each work, all of them in turns.
std::vector<double> fastest(const std::vector<std::function<void()>>& works,
                            const std::function<void()>& before, int repetitions) {
    std::vector<double> best(works.size(), 1e300);
    for (int r = 0; r < repetitions; ++r) {
        for (std::size_t w = 0; w < works.size(); ++w) {
            before();
            const auto start = std::chrono::steady_clock::now();
            works[w]();
            const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
            best[w] = std::min(best[w], taken.count());
        }
    }
    return best;
}

void read_fully(int file, void* to, Size bytes, Size from) {
    for (Size done = 0; done < bytes;) {
        const ssize_t some =
            pread(file, static_cast<char*>(to) + done, static_cast<std::size_t>(bytes - done), from + done);
        if (some <= 0) throw Error(Status::callback, "the file cannot be read");
        done += some;
    }
}

constexpr Size kBlock = 256;  // samples of a plain reading

int run(int argc, char** argv) {
    if (argc != 5 && argc != 6) {
        std::fputs("bench_streamed m d n FILE [cold]\n", stderr);
        return 2;
    }
    const bool cold = argc == 6;
    const Size m = std::atoll(argv[1]), d = std::atoll(argv[2]), n = std::atoll(argv[3]);
    const auto values = static_cast<std::size_t>(n * d);
    std::vector<double> x(values), y(static_cast<std::size_t>(n));
    std::vector<float> single(values);
    Random random(1, 0);
    for (std::size_t e = 0; e < values; ++e) x[e] = single[e] = static_cast<float>(random.normal());
    for (double& target : y) target = random.normal();
    const int file = open(argv[4], O_RDWR | O_CREAT | O_TRUNC, 0600);
    const Size row = d * static_cast<Size>(sizeof(double));
    if (file < 0 || write(file, x.data(), values * sizeof(double)) != static_cast<ssize_t>(n * row)) {
        std::perror(argv[4]);
        return 1;
    }
    Network network(Activation(ActivationKind::tanh), m, d);
    for (double& p : network.parameters) p = 0.3 * random.normal();
    const Dataset memory({n, d, x.data(), d, y.data(), nullptr}, false, false, LossScaling::sum);
    const Dataset narrow({n, d, nullptr, d, y.data(), nullptr, single.data()}, false, false,
                         LossScaling::sum);
    const auto read_file = [&](Size first, Size count, double* to, double* targets, double*) {
        read_fully(file, to, count * row, first * row);
        if (targets != nullptr) std::copy_n(y.data() + first, count, targets);
    };
    const Dataset stream({n, d, false, read_file}, false, LossScaling::sum);
    const auto bytes = static_cast<std::size_t>(n * row);
    void* const map = mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, file, 0);
    if (map == MAP_FAILED) {
        std::perror(argv[4]);
        return 1;
    }
    const Dataset mapped({n, d, static_cast<const double*>(map), d, y.data(), nullptr}, false, false,
                         LossScaling::sum);
    fsync(file);
    const auto forget = [&] {
        if (!cold) return;
        madvise(map, bytes, MADV_DONTNEED);
        posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    };
    std::printf("m %lld, d %lld, n %lld: %.0f MB of double precision, %s\n", static_cast<long long>(m),
                static_cast<long long>(d), static_cast<long long>(n), static_cast<double>(n * row) / 1e6,
                cold ? "from disk" : "cached by the system");
    std::vector<double> buffer(static_cast<std::size_t>(kBlock * d));
    const auto plain = [&] {
        for (Size first = 0; first < n; first += kBlock)
            read_fully(file, buffer.data(), std::min<Size>(kBlock, n - first) * row, first * row);
    };
    for (const int threads : {1, 2}) {
        const Execution execution{threads};
        const auto line = [&](const char* name, const auto& work) {
            const std::vector<double> best =
                fastest({[&] { work(memory, execution); }, [&] { work(narrow, execution); },
                         [&] { work(mapped, execution); }, [&] { work(stream, execution); }, plain},
                        forget, cold ? 5 : 25);
            std::printf("%-16s %d threads: memory %.4f s", name, threads, best[0]);
            const char* const others[] = {"single precision", "mapped", "read in chunks"};
            for (std::size_t o = 0; o < 3; ++o)
                std::printf(", %s %.4f s (%.2f)", others[o], best[o + 1], best[o + 1] / best[0]);
            std::printf(
                "; plain reading %.4f s, mapped over the slower of memory and reading %.2f, chunks %.2f\n",
                best[4], best[2] / std::max(best[0], best[4]), best[3] / std::max(best[0], best[4]));
        };
        line("loss", [&](const Dataset& data, const Execution& how) { loss(data, network, how); });
        line("gradient", [&](const Dataset& data, const Execution& how) { gradient(data, network, how); });
        line("inner Hessians",
             [&](const Dataset& data, const Execution& how) { inner_hessians(data, network, how); });
    }
    munmap(map, bytes);
    close(file);
    return 0;
}

}  // namespace
}  // namespace tepui

int main(int argc, char** argv) try { return tepui::run(argc, argv); } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_streamed: %s\n", error.what());
    return 1;
}

// Passes over data in memory, in single precision, and read from a file piece by piece; and plain reading.
//
//   bench_streamed m d n FILE     FILE is written with n x d numbers, and left there
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "core/random.hpp"
#include "network/objective.hpp"
#include "splitting/inner_hessian.hpp"

namespace tepui {
namespace {

template <class Work>
double fastest(const Work& work, int repetitions = 25) {
    double best = 1e300;
    for (int r = 0; r < repetitions; ++r) {
        const auto start = std::chrono::steady_clock::now();
        work();
        best =
            std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
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

int run(int argc, char** argv) {
    if (argc != 5) {
        std::fputs("bench_streamed m d n FILE\n", stderr);
        return 2;
    }
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
    std::printf("m %lld, d %lld, n %lld: %.0f MB of double precision\n", static_cast<long long>(m),
                static_cast<long long>(d), static_cast<long long>(n), static_cast<double>(n * row) / 1e6);
    std::vector<double> buffer(static_cast<std::size_t>(256 * d));
    const double plain = fastest([&] {
        for (Size first = 0; first < n; first += 256)
            read_fully(file, buffer.data(), std::min<Size>(256, n - first) * row, first * row);
    });
    std::printf("plain reading, blocks of 256 samples: %.4f s\n", plain);
    for (const int threads : {1, 2}) {
        const Execution execution{threads};
        const auto line = [&](const char* name, const auto& work) {
            const double base = fastest([&] { work(memory, execution); });
            const double half = fastest([&] { work(narrow, execution); });
            const double read = fastest([&] { work(stream, execution); });
            std::printf(
                "%-16s %d threads: memory %.4f s, single precision %.4f s (%.2f), file %.4f s (%.2f)\n", name,
                threads, base, half, half / base, read, read / base);
        };
        line("loss", [&](const Dataset& data, const Execution& how) { loss(data, network, how); });
        line("gradient", [&](const Dataset& data, const Execution& how) { gradient(data, network, how); });
        line("inner Hessians",
             [&](const Dataset& data, const Execution& how) { inner_hessians(data, network, how); });
    }
    close(file);
    return 0;
}

}  // namespace
}  // namespace tepui

int main(int argc, char** argv) {
    return tepui::run(argc, argv);
}

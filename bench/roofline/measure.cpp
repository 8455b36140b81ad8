#include "measure.hpp"

#include <omp.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "moments.hpp"

namespace tepui::bench {
namespace {

constexpr double kShortest = 5e-4;  // a timed piece: far above the clock's grain, below a scheduler's slice
constexpr std::size_t kFewest = 5;
constexpr std::size_t kMost = 400;

// Calls in a row make up a timed piece; one that takes longer is timed by itself.
struct Lane {
    const std::function<void()>* run;
    int threads;
    long calls = 1;
    std::vector<double> seconds = {};  // of one call

    void run_piece() const {
        for (long call = 0; call < calls; ++call) (*run)();
    }
    double piece() const {
        const double begin = now_on(threads);
        run_piece();
        return now_on(threads) - begin;
    }
    void prepare() {
        (*run)();
        double taken = piece();
        while (taken < kShortest) {
            calls *= 2;
            taken = piece();
        }
    }
    void time() { seconds.push_back(piece() / static_cast<double>(calls)); }
    double best() const { return *std::min_element(seconds.begin(), seconds.end()); }
};

std::string in_one_line(const std::string& kernel, const Shape& shape, int threads) {
    std::string line = kernel;
    for (const auto& [name, value] : shape) line += " " + name + "=" + std::to_string(value);
    return line + " threads=" + std::to_string(threads);
}

}  // namespace

Meter::Meter(const Settings& settings, Roofline& roofline)
    : settings_(settings), roofline_(roofline), terminal_(isatty(STDERR_FILENO) == 1) {}

void Meter::measure(const std::string& kernel, const Shape& shape, int threads, double flops,
                    const std::function<void()>& run, const std::vector<Contender>& rivals) {
    if (!wants(kernel)) return;
    if (terminal_) std::fprintf(stderr, "\r\033[K%s", in_one_line(kernel, shape, threads).c_str());
    std::vector<Lane> lanes{{&run, threads}};
    for (const Contender& rival : rivals) lanes.push_back({&rival.run, threads});
    for (Lane& lane : lanes) lane.prepare();

    Moments moments(threads);  // of the kernel itself
    const std::size_t fewest = settings_.quick ? 1 : kFewest;
    const double budget = settings_.quick ? 0.0 : settings_.seconds * static_cast<double>(lanes.size());
    double peak = fma_peak(threads, settings_.quick ? 1 : 4);
    const double begin = omp_get_wtime();
    while (moments.seconds().size() < fewest ||
           (omp_get_wtime() - begin < budget && moments.seconds().size() < kMost)) {
        moments.time(lanes[0].calls, [&] { lanes[0].run_piece(); });
        for (std::size_t r = 1; r < lanes.size(); ++r) lanes[r].time();
        peak = std::max(peak, fma_peak(threads, 1));
    }

    Row row;
    row.kernel = kernel;
    row.shape = shape;
    row.threads = threads;
    lanes[0].seconds = moments.seconds();
    row.repetitions = static_cast<int>(lanes[0].seconds.size());
    row.seconds = median(lanes[0].seconds);
    row.seconds_best = lanes[0].best();
    row.flops = flops;
    row.peak = peak;
    row.ratio_to_tile = flops > 0.0 ? moments.of_tile(flops) : 0.0;
    const Moments::Undisturbed alone = moments.undisturbed(peak);
    row.undisturbed = alone.calls;
    row.seconds_undisturbed = alone.seconds;
    if (rivals.empty()) roofline_.rows.push_back(row);
    for (std::size_t r = 0; r < rivals.size(); ++r) {
        row.rival = rivals[r].name;
        row.rival_seconds = median(lanes[r + 1].seconds);
        row.rival_seconds_best = lanes[r + 1].best();
        roofline_.rows.push_back(row);
    }
    if (terminal_) std::fputs("\r\033[K", stderr);
}

}  // namespace tepui::bench

// tepui_roofline: what this machine can do, what the kernels reach of it, and what their rivals reach.
#include <omp.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "good_blas_kernels.hpp"
#include "grids.hpp"
#include "kernels/isa.hpp"
#include "linalg/blas.hpp"
#include "machine_limits.hpp"
#include "timing.hpp"

namespace tepui::bench {
namespace {

constexpr const char* kDescription =
    "Measures this machine's multiply-add peak and memory bandwidth, every kernel on a fixed grid of shapes, "
    "and\n"
    "what one would compose instead from BLAS, LAPACK and vector math libraries: all in turns, in one run.";

constexpr const char* kFooter =
    "Seconds are medians. A kernel on one thread is timed by the processor time of that thread, on several "
    "by\n"
    "the wall clock. For figures to publish, leave the machine to this program alone.";

double load_average() {
    double load = 0.0;
    return getloadavg(&load, 1) == 1 ? load : -1.0;
}

std::string cpu_name() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);) {
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    }
    return "unknown";
}

Machine describe_machine() {
    const linalg::BlasReport blas = linalg::blas_report();
    return {cpu_name(),
            std::string(kernels::active_isa()),
            blas.blas,
            blas.kernels,
            blas.lapack + " over " + blas.lapack_blas,
            omp_get_num_procs(),
            load_average(),
            0.0};
}

std::vector<MachineLimit> measure_limits(const Settings& settings) {
    std::vector<MachineLimit> limits;
    for (int threads = 1; threads <= settings.threads.back(); ++threads) {
        std::vector<double> tiles(settings.quick ? 3 : 101);
        for (double& tile : tiles) tile = tile_rate(threads);
        limits.push_back({threads, fma_peak(threads, settings.quick ? 2 : 40), median(tiles),
                          settings.quick ? memory_bandwidth(threads, 3e6, 1) : memory_bandwidth(threads)});
    }
    return limits;
}

Roofline measure(const Settings& settings) {
    Roofline roofline;
    roofline.machine = describe_machine();
    roofline.limits = measure_limits(settings);
    Meter meter(settings, roofline);
    measure_weighted_gram(meter);
    measure_hidden_layer(meter);
    measure_passes(meter);
    measure_activations(meter);
    measure_eigensolves(meter);
    measure_neurons(meter);
    if (meter.wants("pass_memory")) roofline.memory = pass_memory(settings);
    roofline.machine.load_after = load_average();
    return roofline;
}

int run(int count, char** arguments) {
    Settings settings;
    bool json = false;
    std::string only;
    std::vector<std::string> lapacks;
    CLI::App app(kDescription, "tepui_roofline");
    app.footer(kFooter);
    app.add_flag("--json", json, "Write JSON instead of a table");
    app.add_flag("--quick", settings.quick, "Tiny shapes, one repetition: shows the form, not the speed");
    app.add_option("--threads", settings.threads, "Thread counts, e.g. 1,2 (default: 1 and all cores)")
        ->delimiter(',')
        ->check(CLI::Range(1, 4096));
    app.add_option("--seconds", settings.seconds,
                   "At least so long for each kernel and rival on each shape (default 0.5)")
        ->check(CLI::PositiveNumber);
    app.add_option("--only", only, "Only the kernels whose name matches this regular expression");
    app.add_flag("--large", settings.large, "Also the shapes that take minutes or more than a gigabyte");
    app.add_option("--lapack", lapacks,
                   "Another LAPACK as a rival beside the linked one: a library that exports dsyevd_, e.g.\n"
                   "libopenblas.so.0; may be repeated")
        ->allow_extra_args(false)
        ->type_name("FILE");
    CLI11_PARSE(app, count, arguments);
    if (settings.threads.empty()) settings.threads = {1, omp_get_num_procs()};
    std::sort(settings.threads.begin(), settings.threads.end());
    settings.threads.erase(std::unique(settings.threads.begin(), settings.threads.end()),
                           settings.threads.end());
    if (!only.empty()) settings.only = std::regex(only);
    for (const std::string& file : lapacks) settings.lapacks.push_back(load_lapack(file));

    const Roofline roofline = measure(settings);
    std::cout << (json ? as_json(roofline) : as_text(roofline)) << std::flush;
    return std::cout.good() ? 0 : 1;
}

}  // namespace
}  // namespace tepui::bench

int main(int count, char** arguments) {
    // Before BLAS is first used: kernels that fit this CPU, and one thread inside each call of LAPACK, whose
    // loops run on as many threads as they are told.
    setenv("BLIS_NUM_THREADS", "1", 1);
    tepui::bench::start_with_good_blas_kernels(arguments);
    try {
        return tepui::bench::run(count, arguments);
    } catch (const std::exception& error) {
        std::cerr << "tepui_roofline: " << error.what() << std::endl;
        return 1;
    }
}

// Times a kernel, its rivals and the multiply-add peak in turns, so that whatever disturbs the machine
// disturbs all of them alike.
#pragma once

#include <functional>
#include <regex>
#include <string>
#include <vector>

#include "other_lapack.hpp"
#include "row.hpp"

namespace tepui::bench {

struct Contender {
    std::string name;
    std::function<void()> run;
};

struct Settings {
    std::vector<int> threads;
    bool quick = false;                // every kernel, on shapes so small that the figures mean little
    double seconds = 0.5;              // of each kernel and rival on each shape, at least
    bool large = false;                // shapes that take minutes or more than a gigabyte, too
    std::regex only{".*"};             // kernels to measure
    std::vector<OtherLapack> lapacks;  // beside the one that is linked
};

class Meter {
  public:
    Meter(const Settings& settings, Roofline& roofline);

    const Settings& settings() const { return settings_; }
    // Whether the kernel is to be measured; asked by those whose preparations take long.
    bool wants(const std::string& kernel) const { return std::regex_search(kernel, settings_.only); }

    // Nothing for a kernel that is not wanted. One call of run is `flops` useful flops (0: none that could be
    // compared with the peak). On one thread the processor time of this thread counts, on several the wall
    // clock.
    void measure(const std::string& kernel, const Shape& shape, int threads, double flops,
                 const std::function<void()>& run, const std::vector<Contender>& rivals);

  private:
    const Settings& settings_;
    Roofline& roofline_;
    bool terminal_;
};

}  // namespace tepui::bench

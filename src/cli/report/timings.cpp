#include "cli/report/timings.hpp"

#include <algorithm>

#include "cli/support/handles.hpp"

namespace tepui::cli {

void Timings::count(const std::string& phase, double seconds) {
    const auto known = std::find_if(phases_.begin(), phases_.end(),
                                    [&](const TimingsReport::Phase& one) { return one.name == phase; });
    if (known != phases_.end())
        known->seconds += seconds;
    else
        phases_.push_back({phase, seconds});
}

void Timings::add(const std::string& phase) {
    const Clock::time_point now = Clock::now();
    count(phase, std::chrono::duration<double>(now - last_).count());
    last_ = now;
}

void Timings::add_analysis(tepui_context* context, const tepui_analysis* analysis) {
    for (const Json& phase : told(context, tepui_analysis_timings, analysis))
        count(text_of(phase["phase"]), real_of(phase["seconds"]));
    last_ = Clock::now();
}

TimingsReport Timings::report() const {
    return {std::chrono::duration<double>(Clock::now() - start_).count(), phases_};
}

}  // namespace tepui::cli

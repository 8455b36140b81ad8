// tepui critical-set: the branches of the critical set of a point's function in a wider network.
#pragma once
#include "cli/plateau/map.hpp"

namespace tepui::cli {

struct CriticalSetOptions : PictureOptions {
    std::int64_t wide_width = 0;
    std::int64_t samples = 8;
};
CLI::App* add_critical_set_command(CLI::App& app, CriticalSetOptions& options);
int run_critical_set(const CriticalSetOptions& options);

struct CriticalSetReport {
    Report head;
    std::string point_description;
    Json set;  // what the library says of it

    const Json& branches() const { return set["branches"]; }
};

std::string critical_set_as_text(const CriticalSetReport& report);
std::string critical_set_as_json(const CriticalSetReport& report);
Figure critical_set_figure(const CriticalSetReport& report);

}  // namespace tepui::cli

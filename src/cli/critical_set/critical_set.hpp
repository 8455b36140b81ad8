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

struct BranchSampleReport {
    tepui_verdict verdict = 0;
    tepui_rule rule = 0;
    IndexReport index;
    std::int64_t counted_nullity = -1;  // -1: not counted
    double gradient_relative = 0.0, psi_residual = 0.0;
    double fall = 0.0;      // of the loss on the best way down; 0: none
    double flattest = 0.0;  // NaN: not computed
    std::vector<double> parameters, flattest_direction;
};

struct BranchReport {
    std::int64_t dimension = 0, meeting_dimension = -1;
    tepui_branch_content content = 0;
    bool reached = true;
    tepui_existence existence = 0;
    std::string surjections, pieces;
    std::vector<BranchSampleReport> samples;  // those drawn, then those that searches ended at
    std::size_t drawn = 0;
    struct Optimum {
        std::int64_t sample = -1, from = -1, tried = 0, improved = 0;  // -1: nothing was searched
    } deepest, flattest;

    std::int64_t count(tepui_verdict verdict) const;
    // Smallest and largest fall of the loss among the saddles with a way down; 0, 0 without any.
    std::pair<double, double> falls() const;
    // Index of the sample whose Hessian has the smallest non-zero |eigenvalue|; -1: none.
    std::ptrdiff_t flattest_sample() const;
};

struct CriticalSetReport {
    Report head;
    std::string point_description;
    std::int64_t narrow_width = 0, wide_width = 0, nullity = 0;
    double loss = 0.0;
    tepui_verdict verdict = 0;
    std::vector<double> minimal;  // parameters of the minimal network
    std::vector<tepui_meeting> meetings;
    std::vector<BranchReport> branches;
};

std::string critical_set_as_text(const CriticalSetReport& report);
std::string critical_set_as_json(const CriticalSetReport& report);
Figure critical_set_figure(const CriticalSetReport& report);

}  // namespace tepui::cli

#include "cli/support/figure_style.hpp"

#include <filesystem>

namespace tepui::cli {

VerdictStyle verdict_style(Verdict verdict) {
    constexpr int filled_circle = 7, filled_triangle = 9, filled_square = 5;
    const VerdictStyle open{"undetermined", "#666666", "#EFEFEF", "#C0C0C0", "#333333", 6, filled_square};
    switch (verdict) {
        case Verdict::local_minimum:
            return {"local minimum", "#0072B2", "#CFE6F5", "#CFE6F5", "#004B75", -1, filled_circle};
        case Verdict::saddle:
            return {"saddle", "#D55E00", "#FBE3D0", "#F0B48C", "#8A3C00", 4, filled_triangle};
        case Verdict::undetermined:
        case Verdict::not_stationary:
        case Verdict::indicated_minimum:
            return open;
    }
    return open;
}

std::string file_name_of(const std::string& path) {
    return std::filesystem::path(path).filename().string();
}

}  // namespace tepui::cli

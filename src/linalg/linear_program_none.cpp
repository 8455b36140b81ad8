// A build without Clp.
#include "linalg/linear_program.hpp"

namespace tepui::linalg {

bool has_linear_programs() noexcept {
    return false;
}

std::string linear_program_backend() {
    return {};
}

std::optional<LinearSolution> minimise(const LinearProgram&) {
    return std::nullopt;
}

}  // namespace tepui::linalg

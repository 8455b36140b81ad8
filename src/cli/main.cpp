// The tepui command: what happens to a two-layer network's stationary points when neurons are split.
#include "cli/run_command.hpp"

int main(int count, char** arguments) {
    return tepui::cli::run_command(count, arguments);
}

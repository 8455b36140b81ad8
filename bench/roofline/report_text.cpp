// The report for people.
#include "cli/support/number_text.hpp"
#include "cli/support/text_table.hpp"
#include "row.hpp"

namespace tepui::bench {
namespace {

using cli::significant;
using cli::TextTable;
using cli::with_decimals;

std::string shape_text(const Shape& shape) {
    std::string text;
    for (const auto& [name, value] : shape)
        text += (text.empty() ? "" : " ") + name + "=" + std::to_string(value);
    return text;
}

// Three digits and a unit.
std::string duration(double seconds) {
    if (seconds < 1e-6) return significant(1e9 * seconds, 3) + " ns";
    if (seconds < 1e-3) return significant(1e6 * seconds, 3) + " us";
    if (seconds < 1.0) return significant(1e3 * seconds, 3) + " ms";
    return significant(seconds, 3) + " s";
}

std::string machine_text(const Machine& machine) {
    return "Machine   " + machine.cpu + ", " + std::to_string(machine.cores) + " cores, kernels for " +
           machine.isa + "\nBLAS      " + machine.blas + ", " + machine.blas_kernels + " kernels; " +
           machine.lapack + "\nLoad      " + with_decimals(machine.load_before, 2) + " before, " +
           with_decimals(machine.load_after, 2) + " after (this program itself counts)\n";
}

std::string limits_table(const std::vector<MachineLimit>& limits) {
    TextTable table;
    for (const char* title : {"threads", "multiply-adds", "register tile", "memory"})
        table.column(title, TextTable::Align::right);
    for (const MachineLimit& limit : limits)
        table.row({std::to_string(limit.threads), with_decimals(1e-9 * limit.fma_peak, 1) + " GF/s",
                   with_decimals(1e-9 * limit.tile_rate, 1) + " GF/s",
                   with_decimals(1e-9 * limit.memory_bandwidth, 1) + " GB/s"});
    return table.text("  ");
}

std::string rows_table(const std::vector<Row>& rows) {
    using Align = TextTable::Align;
    TextTable table;
    table.column("kernel", Align::left);
    table.column("shape", Align::left);
    for (const char* title :
         {"threads", "median", "best", "GF/s", "of peak", "at best", "undisturbed", "of tile"})
        table.column(title, Align::right);
    table.column("rival", Align::left);
    for (const char* title : {"its median", "faster"}) table.column(title, Align::right);
    const Row* above = nullptr;
    for (const Row& row : rows) {
        const bool same = above != nullptr && above->kernel == row.kernel && above->shape == row.shape &&
                          above->threads == row.threads;
        above = &row;
        std::vector<std::string> cells(10);
        if (!same) {
            cells = {row.kernel, shape_text(row.shape), std::to_string(row.threads), duration(row.seconds),
                     duration(row.seconds_best)};
            cells.resize(10);
            if (row.flops > 0.0) {
                cells[5] = with_decimals(1e-9 * row.flops / row.seconds, 1);
                cells[6] = with_decimals(row.ratio_to_peak(), 2);
                cells[7] = with_decimals(row.ratio_to_peak_best(), 2);
                if (row.undisturbed > 0)
                    cells[8] = with_decimals(row.ratio_to_peak_undisturbed(), 2) + " (" +
                               std::to_string(row.undisturbed) + ")";
                cells[9] = with_decimals(row.ratio_to_tile, 2);
            }
        }
        cells.push_back(row.rival);
        cells.push_back(row.rival.empty() ? "" : duration(row.rival_seconds));
        cells.push_back(row.rival.empty() ? "" : with_decimals(row.ratio_to_rival(), 2) + " x");
        table.row(std::move(cells));
    }
    return table.text("  ");
}

std::string memory_table(const std::vector<PassMemory>& memory) {
    TextTable table;
    for (const char* title : {"samples", "memory of the pass"}) table.column(title, TextTable::Align::right);
    for (const PassMemory& one : memory)
        table.row(
            {std::to_string(one.samples), with_decimals(1e-6 * static_cast<double>(one.bytes), 2) + " MB"});
    return table.text("  ");
}

}  // namespace

std::string as_text(const Roofline& roofline) {
    std::string text =
        machine_text(roofline.machine) + "\nLimits, measured\n" + limits_table(roofline.limits);
    if (!roofline.rows.empty())
        text +=
            "\nKernels and their rivals in turns: \"of peak\" is useful flops in the median call over the "
            "multiply-add peak,\n\"undisturbed\" the same for the calls (so many) that had the core to "
            "themselves, \"of tile\" over the "
            "register tile of the same moments,\n\"faster\" the rival's median over ours\n" +
            rows_table(roofline.rows);
    if (!roofline.memory.empty())
        text += "\nAll inner Hessians, m = 24, d = 10\n" + memory_table(roofline.memory);
    return text;
}

}  // namespace tepui::bench

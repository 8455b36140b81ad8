// tepui info: what the library really runs on here.
#include <iostream>

#include "commands.hpp"
#include "handles.hpp"

namespace tepui::cli {
namespace {

std::string info(const Context& context, tepui_info_item item) {
    const char* text = nullptr;
    require(context.get(), tepui_info(context.get(), item, &text));
    return text;
}

void line(const char* name, const std::string& text) {
    std::cout << name << std::string(16 - std::string(name).size(), ' ') << text << "\n";
}

}  // namespace

int run_info() {
    const Context context = make_context();
    line("tepui", tepui_version());
    line("kernels",
         info(context, TEPUI_INFO_ISA) + " (available here: " + info(context, TEPUI_INFO_ISAS) + ")");
    line("threads", info(context, TEPUI_INFO_THREADS));
    line("BLAS", info(context, TEPUI_INFO_BLAS) + ", kernels: " + info(context, TEPUI_INFO_BLAS_KERNELS));
    line("LAPACK", info(context, TEPUI_INFO_LAPACK) + ", its BLAS: " + info(context, TEPUI_INFO_LAPACK_BLAS));
    const std::string certificates = info(context, TEPUI_INFO_CERTIFICATES);
    line("certificates", certificates.empty() ? "none: built without Arb" : certificates);
    const std::string remedy = info(context, TEPUI_INFO_BLAS_REMEDY);
    if (!remedy.empty())
        std::cout
            << "\nwarning: BLAS fell back to kernels that leave most of this processor unused.\n"
            << "remedy:  " << remedy << ".\n"
            << "         tepui analyze and tepui classify do so themselves; other programs need it set.\n";
    return 0;
}

}  // namespace tepui::cli

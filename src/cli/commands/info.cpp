// tepui info: what the library really runs on here.
#include <algorithm>
#include <vector>

#include "cli/options/commands.hpp"
#include "cli/report/report.hpp"
#include "cli/support/handles.hpp"
#include "cli/support/output_files.hpp"
#include "cli/support/text_streams.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

std::string info(const Context& context, tepui_info_item item) {
    const char* text = nullptr;
    require(context.get(), tepui_info(context.get(), item, &text));
    return text;
}

std::string line(const std::string& name, const std::string& text) {
    return name + std::string(17 - name.size(), ' ') + text + "\n";
}

// null: not there
Json optional_json(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

Json words(const std::string& text) {
    Json list = Json::array();
    TextReader in(text);
    for (std::string word; in >> word;) list.push_back(word);
    return list;
}

struct Component {
    const char* name;
    const char* licence;
    const char* use;
};

// What this build brings into the process; src/docs/COMPONENTS.md has the same rows and says more.
std::vector<Component> components(const Context& context) {
    std::vector<Component> list{{"BLIS", "BSD-3-Clause", "products of matrices"},
                                {"LAPACK", "BSD-3-Clause", "eigenvalues and factorizations"},
                                {"Highway", "Apache-2.0 or BSD-3-Clause", "vector instructions"}};
    if (!info(context, TEPUI_INFO_CERTIFICATES).empty())
        list.insert(list.end(), {{"MPFR", "LGPL-3.0-or-later", "certificates"},
                                 {"GMP", "LGPL-3.0-or-later", "under MPFR"}});
    if (!info(context, TEPUI_INFO_LINEAR_PROGRAMS).empty())
        list.insert(list.end(), {{"Clp", "EPL", "linear programs"},
                                 {"CoinUtils", "EPL", "under Clp"},
                                 {"bzip2", "bzip2-1.0.6", "under CoinUtils"}});
    list.insert(
        list.end(),
        {{"zlib", "Zlib", ".npz files; under CoinUtils"},
         {"minizip", "Zlib", ".npz files"},
         {"CLI11", "BSD-3-Clause", "options"},
         {"JSON for Modern C++", "MIT", "JSON reports"},
         {"GCC runtime", "GPL-3.0-or-later WITH GCC-exception-3.1", "C++, OpenMP and Fortran"},
         {"GCC quad-precision library", "LGPL-2.1-or-later", "quadruple precision in Fortran's runtime"},
         {"GNU C library", "LGPL-2.1-or-later", "the system"}});
    return list;
}

Json components_json(const Context& context) {
    Json list = Json::array();
    for (const Component& component : components(context))
        list.push_back({{"name", component.name}, {"licence", component.licence}, {"for", component.use}});
    return list;
}

std::string components_text(const Context& context) {
    std::string text = "\ncomponents and their licences\n";
    const auto padded = [](std::string word, std::size_t width) {
        word.resize(std::max(width, word.size()), ' ');
        return word;
    };
    for (const Component& component : components(context)) {
        text.append("  ").append(padded(component.name, 28)).append(padded(component.licence, 41));
        text.append(component.use).append("\n");
    }
    return text;
}

std::string as_json(const Context& context) {
    const auto item = [&](tepui_info_item which) { return info(context, which); };
    return json_text({{"tepui", tepui_version()},
                      {"format", 1},
                      {"command", "info"},
                      {"isa", item(TEPUI_INFO_ISA)},
                      {"isas", words(item(TEPUI_INFO_ISAS))},
                      {"threads", std::stoll(item(TEPUI_INFO_THREADS))},
                      {"blas", item(TEPUI_INFO_BLAS)},
                      {"blas_kernels", item(TEPUI_INFO_BLAS_KERNELS)},
                      {"blas_remedy", optional_json(item(TEPUI_INFO_BLAS_REMEDY))},
                      {"lapack", item(TEPUI_INFO_LAPACK)},
                      {"lapack_blas", item(TEPUI_INFO_LAPACK_BLAS)},
                      {"certificates", optional_json(item(TEPUI_INFO_CERTIFICATES))},
                      {"linear_programs", optional_json(item(TEPUI_INFO_LINEAR_PROGRAMS))},
                      {"components", components_json(context)}});
}

std::string as_text(const Context& context) {
    std::string text = line("tepui", tepui_version());
    text += line("kernels",
                 info(context, TEPUI_INFO_ISA) + " (available here: " + info(context, TEPUI_INFO_ISAS) + ")");
    text += line("threads", info(context, TEPUI_INFO_THREADS));
    text +=
        line("BLAS", info(context, TEPUI_INFO_BLAS) + ", kernels: " + info(context, TEPUI_INFO_BLAS_KERNELS));
    text += line("LAPACK",
                 info(context, TEPUI_INFO_LAPACK) + ", its BLAS: " + info(context, TEPUI_INFO_LAPACK_BLAS));
    const std::string certificates = info(context, TEPUI_INFO_CERTIFICATES);
    text += line("certificates", certificates.empty() ? "none: built without MPFR" : certificates);
    const std::string programs = info(context, TEPUI_INFO_LINEAR_PROGRAMS);
    text += line("linear programs", programs.empty() ? "none: built without Clp" : programs);
    text += components_text(context);
    const std::string remedy = info(context, TEPUI_INFO_BLAS_REMEDY);
    if (!remedy.empty())
        text +=
            "\nwarning: BLAS fell back to kernels that leave most of this processor unused.\nremedy:  " +
            remedy +
            ".\n         tepui analyze and tepui classify do so themselves; other programs need it set.\n";
    return text;
}

}  // namespace

int run_info(bool json) {
    const Context context = make_context();
    show(json ? as_json(context) : as_text(context));
    return exit_ok;
}

}  // namespace tepui::cli

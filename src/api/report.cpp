#include "tepui/report.h"

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "report/report.hpp"

using namespace tepui;
using namespace tepui::api;

namespace {

// In the order of tepui_report::Value.
constexpr tepui_report_kind kKinds[] = {TEPUI_REPORT_NULL,  TEPUI_REPORT_BOOLEAN,  TEPUI_REPORT_INTEGER,
                                        TEPUI_REPORT_REAL,  TEPUI_REPORT_TEXT,     TEPUI_REPORT_TEXT,
                                        TEPUI_REPORT_TEXT,  TEPUI_REPORT_INTEGERS, TEPUI_REPORT_REALS,
                                        TEPUI_REPORT_ARRAY, TEPUI_REPORT_OBJECT};
static_assert(std::size(kKinds) == std::variant_size_v<tepui_report::Value>);

struct Output {
    const void* pointer;
    const char* name;
};
// read() writes what is at the path.
template <class Read>
tepui_status answer(tepui_context* context, const tepui_report* report, const char* path,
                    std::initializer_list<Output> outputs, Read&& read) {
    return guarded(context, [&] {
        require_pointer(report, "report");
        require_pointer(path, "path");
        for (const Output& output : outputs) require_pointer(output.pointer, output.name);
        read();
    });
}

}  // namespace

extern "C" {

tepui_status tepui_report_json(tepui_context* context, const tepui_report* report, const char** json) {
    return guarded(context, [&] {
        require_pointer(report, "report");
        require_pointer(json, "json");
        context->json = report->json();
        *json = context->json.c_str();
    });
}

tepui_status tepui_report_part(tepui_context* context, const tepui_report* report, const char* path,
                               const tepui_report** part) {
    return answer(context, report, path, {{part, "part"}}, [&] { *part = &report->part(path); });
}

tepui_status tepui_report_kind_of(tepui_context* context, const tepui_report* report, const char* path,
                                  tepui_report_kind* kind) {
    return answer(context, report, path, {{kind, "kind"}}, [&] { *kind = kKinds[report->kind(path)]; });
}

tepui_status tepui_report_count(tepui_context* context, const tepui_report* report, const char* path,
                                int64_t* count) {
    return answer(context, report, path, {{count, "count"}}, [&] { *count = Size(report->count(path)); });
}

tepui_status tepui_report_name(tepui_context* context, const tepui_report* report, const char* path,
                               int64_t index, const char** name) {
    return answer(context, report, path, {{name, "name"}}, [&] {
        const std::vector<tepui_report>& members = report->members(path);
        require_index(index, Size(members.size()), "index", "the number of members");
        *name = members[std::size_t(index)].name();
    });
}

tepui_status tepui_report_real(tepui_context* context, const tepui_report* report, const char* path,
                               double* value) {
    return answer(context, report, path, {{value, "value"}}, [&] { *value = report->real(path); });
}

tepui_status tepui_report_integer(tepui_context* context, const tepui_report* report, const char* path,
                                  int64_t* value) {
    return answer(context, report, path, {{value, "value"}}, [&] { *value = report->integer(path); });
}

tepui_status tepui_report_boolean(tepui_context* context, const tepui_report* report, const char* path,
                                  int32_t* value) {
    return answer(context, report, path, {{value, "value"}}, [&] { *value = report->boolean(path) ? 1 : 0; });
}

tepui_status tepui_report_text(tepui_context* context, const tepui_report* report, const char* path,
                               const char** text) {
    return answer(context, report, path, {{text, "text"}}, [&] { *text = report->text(path); });
}

tepui_status tepui_report_reals(tepui_context* context, const tepui_report* report, const char* path,
                                const double** values, int64_t* count) {
    return answer(context, report, path, {{values, "values"}, {count, "count"}}, [&] {
        const tepui_report::Reals& found = report->reals(path);
        *values = found.data();
        *count = Size(found.size());
    });
}

tepui_status tepui_report_integers(tepui_context* context, const tepui_report* report, const char* path,
                                   const int64_t** values, int64_t* count) {
    return answer(context, report, path, {{values, "values"}, {count, "count"}}, [&] {
        const tepui_report::Integers& found = report->integers(path);
        *values = found.data();
        *count = Size(found.size());
    });
}

}  // extern "C"

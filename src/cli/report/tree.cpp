#include "cli/report/tree.hpp"

namespace tepui::cli {
namespace {

constexpr const char* itself = "";

template <class Value>
Json value_of(tepui_context* context, const tepui_report* report,
              tepui_status (*read)(tepui_context*, const tepui_report*, const char*, Value*)) {
    Value value{};
    require(context, read(context, report, itself, &value));
    return value;
}

template <class Value>
Json list_of(tepui_context* context, const tepui_report* report,
             tepui_status (*read)(tepui_context*, const tepui_report*, const char*, const Value**,
                                  std::int64_t*)) {
    const Value* values = nullptr;
    std::int64_t count = 0;
    require(context, read(context, report, itself, &values, &count));
    return std::vector<Value>(values, values + count);
}

Json part_of(tepui_context* context, const tepui_report* report, const std::string& path) {
    const tepui_report* part = nullptr;
    require(context, tepui_report_part(context, report, path.c_str(), &part));
    return tree(context, part);
}

}  // namespace

Json tree(tepui_context* context, const tepui_report* report) {
    tepui_report_kind kind = 0;
    std::int64_t count = 0;
    require(context, tepui_report_kind_of(context, report, itself, &kind));
    require(context, tepui_report_count(context, report, itself, &count));
    Json json;
    switch (kind) {
        case TEPUI_REPORT_BOOLEAN:
            return value_of(context, report, tepui_report_boolean) != 0;
        case TEPUI_REPORT_INTEGER:
            return value_of(context, report, tepui_report_integer);
        case TEPUI_REPORT_REAL:
            return value_of(context, report, tepui_report_real);
        case TEPUI_REPORT_TEXT:
            return value_of(context, report, tepui_report_text);
        case TEPUI_REPORT_INTEGERS:
            return list_of(context, report, tepui_report_integers);
        case TEPUI_REPORT_REALS:
            return list_of(context, report, tepui_report_reals);
        case TEPUI_REPORT_ARRAY:
            json = Json::array();
            for (std::int64_t l = 0; l < count; ++l)
                json.push_back(part_of(context, report, std::to_string(l)));
            return json;
        case TEPUI_REPORT_OBJECT:
            json = Json::object();
            for (std::int64_t l = 0; l < count; ++l) {
                const char* name = nullptr;
                require(context, tepui_report_name(context, report, itself, l, &name));
                json[name] = part_of(context, report, name);
            }
            return json;
        default:
            return nullptr;
    }
}

}  // namespace tepui::cli

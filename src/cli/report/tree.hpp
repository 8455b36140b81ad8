// The library's reports as JSON values, number for number.
#pragma once
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/support/handles.hpp"

namespace tepui::cli {

using Json = nlohmann::ordered_json;

Json tree(tepui_context* context, const tepui_report* report);

// told(context, tepui_analysis_report, analysis)
template <class Handle>
Json told(tepui_context* context,
          tepui_status (*report_of)(tepui_context*, const Handle*, const tepui_report**),
          const Handle* handle) {
    const tepui_report* report = nullptr;
    require(context, report_of(context, handle, &report));
    return tree(context, report);
}

// Of reports: a word or sentence; a number, NaN where it is null.
inline const std::string& text_of(const Json& value) {
    return value.get_ref<const std::string&>();
}
inline double real_of(const Json& value) {
    return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

}  // namespace tepui::cli

// A report as JSON.
#include <charconv>
#include <cmath>

#include "report/report.hpp"

namespace {

class Writer {
  public:
    void write(const tepui_report& report) {
        std::visit([this](const auto& value) { put(value); }, report.value());
    }
    std::string text;

  private:
    void put(std::nullptr_t) { text += "null"; }
    void put(bool value) { text += value ? "true" : "false"; }
    void put(std::int64_t value) { text += std::to_string(value); }
    void put(double value) {
        if (!std::isfinite(value)) return put(nullptr);
        char digits[32];  // the shortest that read back as this value
        const std::string_view shortest(
            digits, std::size_t(std::to_chars(digits, digits + sizeof digits, value).ptr - digits));
        text += shortest;
        if (shortest.find_first_of(".e") == std::string_view::npos) text += ".0";  // stays a real number
    }
    void put(const tepui_report::Identifier& value) { put(value.text); }
    void put(const std::string& value) { put(value.c_str()); }
    void put(const char* value) {
        text += '"';
        for (; *value != '\0'; ++value) {
            const auto byte = static_cast<unsigned char>(*value);
            if (byte == '"' || byte == '\\') text += '\\';
            if (byte >= 0x20) {
                text += *value;
            } else {
                constexpr char hex[] = "0123456789abcdef";
                text += "\\u00";
                text += hex[byte >> 4];
                text += hex[byte & 15];
            }
        }
        text += '"';
    }
    void put(const tepui_report::Integers& values) {
        list(
            '[', values, [this](std::int64_t value) { put(value); }, ']');
    }
    void put(const tepui_report::Reals& values) {
        list(
            '[', values, [this](double value) { put(value); }, ']');
    }
    void put(const tepui_report::Array& array) {
        list(
            '[', array.items, [this](const tepui_report& item) { write(item); }, ']');
    }
    void put(const tepui_report::Object& object) {
        list(
            '{', object.members,
            [this](const tepui_report& member) {
                put(member.name());
                text += ':';
                write(member);
            },
            '}');
    }
    template <class Items, class Item>
    void list(char open, const Items& items, Item&& item, char close) {
        text += open;
        for (std::size_t l = 0; l < items.size(); ++l) {
            if (l > 0) text += ',';
            item(items[l]);
        }
        text += close;
    }
};

}  // namespace

std::string tepui_report::json() const {
    Writer writer;
    writer.write(*this);
    return std::move(writer.text);
}

#include "report/report.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/error.hpp"

using tepui::Error;
using tepui::Status;

namespace {

template <class... Visitors>
struct Cases : Visitors... {
    using Visitors::operator()...;
};
template <class... Visitors>
Cases(Visitors...) -> Cases<Visitors...>;

const char* kind_of(const tepui_report& report) {
    constexpr const char* kinds[] = {"null", "a boolean", "an integer",   "a real number", "text",     "text",
                                     "text", "integers",  "real numbers", "an array",      "an object"};
    return kinds[report.value().index()];
}

// The beginning of a long one.
std::string quoted(std::string_view text) {
    constexpr std::size_t most = 200;
    std::string result = "\"";
    result += text.substr(0, most);
    result += text.size() > most ? "...\"" : "\"";
    return result;
}

std::string names_of(const std::vector<tepui_report>& members) {
    std::string names;
    for (const tepui_report& member : members)
        names += (names.empty() ? "" : ", ") + std::string(member.name());
    return names.empty() ? "nothing" : names;
}

// Where a path leads: to a part, or to a number of a flat array.
struct Place {
    const tepui_report* part;
    std::optional<std::size_t> number = std::nullopt;
};

// Follows a path step by step.
class Walk {
  public:
    Walk(const tepui_report& report, std::string_view path) : path_(path), place_{&report} {
        while (!left().empty()) {
            const std::size_t begin = at_, end = std::min(path_.find('/', begin), path_.size());
            step(path_.substr(begin, end - begin));
            reached_ = end;
            at_ = std::min(end + 1, path_.size());
        }
    }
    Place end() const { return place_; }

    [[noreturn]] void expected(const char* kind) const {
        const bool reals = std::holds_alternative<tepui_report::Reals>(place_.part->value());
        const char* number = reals ? "a real number" : "an integer";
        fail(std::string(", which is ") + (place_.number ? number : kind_of(*place_.part)) + ", " + kind +
             " is expected");
    }

  private:
    [[noreturn]] void fail(const std::string& why) const {
        throw Error(Status::invalid_value, "path is " + quoted(path_) + why);
    }
    std::string_view left() const { return path_.substr(at_); }
    std::string here() const {
        return reached_ == 0 ? std::string("the report") : quoted(path_.substr(0, reached_));
    }

    void step(std::string_view name) {
        const tepui_report& now = *place_.part;
        if (place_.number || (now.parts() == nullptr && !flat(now)))
            fail(": " + here() + " is " + (place_.number ? "a number" : kind_of(now)) + " and has no parts");
        if (const auto* object = std::get_if<tepui_report::Object>(&now.value())) {
            const auto found =
                std::find_if(object->members.begin(), object->members.end(),
                             [&](const tepui_report& member) { return member.name() == name; });
            if (found == object->members.end())
                fail(": " + here() + " has no " + quoted(name) + "; it has " + names_of(object->members));
            place_.part = &*found;
            return;
        }
        std::size_t index = 0;
        const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), index);
        if (error != std::errc() || rest != name.data() + name.size() || index >= now.count()) {
            const std::string count = std::to_string(now.count());
            fail(": " + here() + " has " + count + (now.count() == 1 ? " item, " : " items, ") +
                 (now.count() == 0
                      ? "so there is no " + quoted(name)
                      : "a number from 0 below " + count + " is expected in place of " + quoted(name)));
        }
        if (now.parts() != nullptr)
            place_.part = &(*now.parts())[index];
        else
            place_.number = index;
    }
    static bool flat(const tepui_report& report) {
        return std::holds_alternative<tepui_report::Integers>(report.value()) ||
               std::holds_alternative<tepui_report::Reals>(report.value());
    }

    std::string_view path_;
    Place place_;
    std::size_t at_ = 0, reached_ = 0;
};

// The value at the end of a path, by the cases that it may be.
template <class Result, class... Readers>
Result read(const tepui_report& report, std::string_view path, const char* kind, Readers... readers) {
    const Walk walk(report, path);
    const auto otherwise = [&](const auto&) -> Result { walk.expected(kind); };
    const Place place = walk.end();
    const Cases cases{readers..., otherwise};
    if (!place.number) return std::visit(cases, place.part->value());
    if (const auto* reals = std::get_if<tepui_report::Reals>(&place.part->value()))
        return cases((*reals)[*place.number]);
    return cases(std::get<tepui_report::Integers>(place.part->value())[*place.number]);
}

}  // namespace

void tepui_report::add(const char* name, tepui_report value) {
    value.name_ = name;
    std::get<Object>(value_).members.push_back(std::move(value));
}

void tepui_report::add(std::initializer_list<Named> members) {
    for (const Named& member : members) add(member.name, std::move(member.value));
}

tepui_report tepui_report::object(std::initializer_list<Named> members) {
    tepui_report result = Object{};
    result.add(members);
    return result;
}

std::size_t tepui_report::count() const noexcept {
    if (const auto* integers = std::get_if<Integers>(&value_)) return integers->size();
    if (const auto* reals = std::get_if<Reals>(&value_)) return reals->size();
    return parts() == nullptr ? 0 : parts()->size();
}

const std::vector<tepui_report>* tepui_report::parts() const noexcept {
    if (const auto* array = std::get_if<Array>(&value_)) return &array->items;
    const auto* object = std::get_if<Object>(&value_);
    return object == nullptr ? nullptr : &object->members;
}

const tepui_report& tepui_report::part(std::string_view path) const {
    const Walk walk(*this, path);
    if (walk.end().number) walk.expected("what has parts");
    return *walk.end().part;
}

double tepui_report::real(std::string_view path) const {
    return read<double>(
        *this, path, "a real number", [](const double& value) { return value; },
        [](const std::int64_t& value) { return static_cast<double>(value); });
}

std::int64_t tepui_report::integer(std::string_view path) const {
    return read<std::int64_t>(
        *this, path, "an integer", [](const std::int64_t& value) { return value; },
        [](const Identifier& value) { return std::int64_t{value.number}; });
}

bool tepui_report::boolean(std::string_view path) const {
    return read<bool>(*this, path, "a boolean", [](const bool& value) { return value; });
}

const char* tepui_report::text(std::string_view path) const {
    return read<const char*>(
        *this, path, "text", [](const Identifier& value) { return value.text; },
        [](const char* const& value) { return value; },
        [](const std::string& value) { return value.c_str(); });
}

const tepui_report::Reals& tepui_report::reals(std::string_view path) const {
    return read<const Reals&>(*this, path, "an array of real numbers",
                              [](const Reals& values) -> const Reals& { return values; });
}

const tepui_report::Integers& tepui_report::integers(std::string_view path) const {
    return read<const Integers&>(*this, path, "an array of integers",
                                 [](const Integers& values) -> const Integers& { return values; });
}

std::size_t tepui_report::count(std::string_view path) const {
    const Place place = Walk(*this, path).end();
    return place.number ? 0 : place.part->count();
}

const std::vector<tepui_report>& tepui_report::members(std::string_view path) const {
    return read<const Object&>(*this, path, "an object",
                               [](const Object& object) -> const Object& { return object; })
        .members;
}

std::size_t tepui_report::kind(std::string_view path) const {
    const Place place = Walk(*this, path).end();
    if (!place.number) return place.part->value().index();
    const bool reals = std::holds_alternative<Reals>(place.part->value());
    return reals ? Value(0.0).index() : Value(std::int64_t{0}).index();
}

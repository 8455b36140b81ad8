#include "splitting/branches.hpp"

#include <cmath>

#include "core/error.hpp"
#include "splitting/whole_number.hpp"
#include "support/catch.hpp"

using namespace tepui;

namespace {

// Every map of n things to r, counted one by one.
Size surjections_by_hand(Size n, Size r) {
    Size maps = 1;
    for (Size i = 0; i < n; ++i) maps *= r;
    Size count = 0;
    for (Size code = 0; code < maps; ++code) {
        std::vector<bool> hit(static_cast<std::size_t>(r));
        for (Size i = 0, rest = code; i < n; ++i, rest /= r) hit[static_cast<std::size_t>(rest % r)] = true;
        bool onto = true;
        for (const bool one : hit) onto = onto && one;
        count += onto ? 1 : 0;
    }
    return count;
}

std::string refusal(const BranchShape& shape) {
    try {
        branches(shape);
    } catch (const Error& error) {
        CHECK(error.status() == Status::invalid_size);
        return error.what();
    }
    return "accepted";
}

}  // namespace

TEST_CASE("surjections: every map counted") {
    for (Size r = 1; r <= 5; ++r) {
        for (Size n = 0; n <= 7; ++n) {
            INFO("n " << n << ", r " << r);
            CHECK(count_surjections(n, r) == std::to_string(surjections_by_hand(n, r)));
        }
    }
    CHECK(count_surjections(0, 0) == "1");
    CHECK(count_surjections(3, 0) == "0");
}

TEST_CASE("surjections: large numbers are exact") {
    // n onto n: n!
    CHECK(count_surjections(30, 30) == "265252859812191058636308480000000");
    // n onto 2: 2^n - 2
    CHECK(count_surjections(100, 2) == "1267650600228229401496703205374");
    CHECK(std::abs(double(count_surjections(1000, 2).size()) - 1000 * std::log10(2.0)) < 1.0);
}

TEST_CASE("whole numbers carry and borrow nothing") {
    WholeNumber number(4294967295u);
    number.multiply(4294967295u);
    CHECK(number.decimal() == "18446744065119617025");
    number.add(WholeNumber(1));
    number.divide(2);
    CHECK(number.decimal() == "9223372032559808513");
    number.multiply(0);
    CHECK(number.decimal() == "0");
    CHECK(number == WholeNumber());
    WholeNumber power(1);
    for (int i = 0; i < 27; ++i) power.multiply(10);
    CHECK(power.decimal() == "1" + std::string(27, '0'));
}

TEST_CASE("branches: dimensions, meetings and pieces") {
    const std::vector<Branch> all = branches({.narrow_width = 2, .wide_width = 5, .inputs = 3});
    REQUIRE(all.size() == 4);
    // (M - l - r) + N + l (d - 1)
    CHECK(all[0].dimension == 3);
    CHECK(all[1].dimension == 4);
    CHECK(all[2].dimension == 5);
    CHECK(all[3].dimension == 6);
    CHECK(all[0].meeting_dimension == -1);
    CHECK(all[1].meeting_dimension == 2);
    CHECK(all[3].meeting_dimension == 4);
    CHECK(all[0].surjections == "30");  // 2^5 - 2
    CHECK(all[1].surjections == "14");
    CHECK(all[3].surjections == "2");
    CHECK(all[0].pieces == "30");
    CHECK(all[1].pieces == "70");  // 5 choices of the null neuron
    CHECK(all[2].pieces == "60");
    CHECK(all[3].pieces == "20");
}

TEST_CASE("branches: nullity, unseen directions and mirror images") {
    const BranchShape shape{
        .narrow_width = 1, .wide_width = 2, .inputs = 2, .unseen = 3, .narrow_nullity = 4, .mirrored = true};
    const std::vector<Branch> all = branches(shape);
    REQUIRE(all.size() == 2);
    CHECK(all[0].dimension == 1 + 4 + 2 * 3);
    CHECK(all[1].dimension == 0 + 4 + 1 + 2 * 3);
    CHECK(all[0].pieces == "4");
    CHECK(all[1].pieces == "4");
}

TEST_CASE("branches: no room, and bad shapes") {
    const std::vector<Branch> only = branches({.narrow_width = 3, .wide_width = 3, .inputs = 2});
    REQUIRE(only.size() == 1);
    CHECK(only[0].dimension == 0);
    CHECK(only[0].pieces == "6");
    CHECK(refusal({.narrow_width = 3, .wide_width = 2}) ==
          "the wide width is 2, a number from 3 to 1000 is expected");
    CHECK(refusal({.narrow_width = 0, .wide_width = 2}) ==
          "the narrow width is 0, a number from 1 to 1000 is expected");
    CHECK(refusal({.narrow_width = 1, .wide_width = 1001}) ==
          "the wide width is 1001, a number from 1 to 1000 is expected");
    CHECK(
        refusal({.narrow_width = 1, .wide_width = 1, .inputs = 0}).starts_with("the number of inputs is 0"));
    CHECK(branches({.narrow_width = 10, .wide_width = 1000}).size() == 991);
}

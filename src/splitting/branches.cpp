#include "splitting/branches.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "splitting/whole_number.hpp"

namespace tepui {
namespace {

void require_between(const char* name, Size value, Size lower, Size upper) {
    if (value >= lower && value <= upper) return;
    throw Error(Status::invalid_size, std::string(name) + " is " + std::to_string(value) +
                                          ", a number from " + std::to_string(lower) + " to " +
                                          std::to_string(upper) + " is expected");
}

// G(r, n) for n = 0 .. most, by G(r, n) = r (G(r, n - 1) + G(r - 1, n - 1)): the last thing goes to one of r,
// which had some already or none. No cancellation, unlike the alternating sum.
std::vector<WholeNumber> surjections_onto(Size r, Size most) {
    std::vector<WholeNumber> row(static_cast<std::size_t>(r) + 1), onto;
    row[0] = 1;
    onto.push_back(row.back());
    for (Size n = 1; n <= most; ++n) {
        for (std::size_t j = row.size() - 1; j >= 1; --j) {
            row[j].add(row[j - 1]);
            row[j].multiply(static_cast<std::uint32_t>(j));
        }
        row[0] = 0;
        onto.push_back(row.back());
    }
    return onto;
}

}  // namespace

std::string count_surjections(Size n, Size r) {
    require_between("n", n, 0, kMostCounted);
    require_between("r", r, 0, kMostCounted);
    return surjections_onto(r, n).back().decimal();
}

std::vector<Branch> branches(const BranchShape& shape) {
    require_between("the narrow width", shape.narrow_width, 1, kMostCounted);
    require_between("the wide width", shape.wide_width, shape.narrow_width, kMostCounted);
    require_between("the number of inputs", shape.inputs, 1, Size{1} << 40);
    require_between("the narrow nullity", shape.narrow_nullity, 0, Size{1} << 40);
    require_between("the number of unseen directions", shape.unseen, 0, Size{1} << 40);
    require_between("the number of unseen skip connections", shape.unseen_skip, 0, Size{1} << 40);
    require_between("the number of fitted samples", shape.fitted, 0, shape.narrow_width * shape.unseen);
    require_between("the number of equations", shape.equations, 0, Size{1} << 40);
    require_between("the dimension of sharing", shape.sharing, 0, Size{1} << 40);
    require_between("the dimension of the gauge", shape.gauge, 0, shape.sharing);
    const Size free_weights = std::max<Size>(0, shape.inputs - shape.equations) + shape.gauge;
    const Size spare = shape.wide_width - shape.narrow_width;
    const std::vector<WholeNumber> onto = surjections_onto(shape.narrow_width, shape.wide_width);
    std::vector<Branch> result;
    for (Size l = 0; l <= spare; ++l) {
        Branch branch;
        branch.null_neurons = l;
        branch.dimension = (spare - l) * shape.sharing + shape.narrow_nullity + l * free_weights +
                           shape.wide_width * shape.unseen + shape.unseen_skip - shape.fitted;
        if (l > 0) branch.meeting_dimension = result.back().dimension - shape.sharing + shape.gauge;
        const Size daughters = shape.wide_width - l;
        WholeNumber count = onto[daughters];
        branch.surjections = count.decimal();
        for (Size i = 1; i <= l; ++i) {  // C(M - l + i, i) times G is whole at every step
            count.multiply(static_cast<std::uint32_t>(daughters + i));
            count.divide(static_cast<std::uint32_t>(i));
        }
        for (Size i = 0; shape.mirrored && i < daughters; ++i) count.multiply(2);
        branch.pieces = count.decimal();
        result.push_back(std::move(branch));
    }
    return result;
}

}  // namespace tepui

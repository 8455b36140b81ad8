// Classes that the outputs tell apart without bound (MATH.md section 13): groups of classes, and a motion of
// the output layer that tells every group from every other in all samples and leaves the outputs of each
// group equal among themselves. The loss falls along it to that of the classes inside the groups.
#pragma once

#include <optional>
#include <vector>

#include "classification/infinity/boundary_sums.hpp"

namespace tepui {

// A sample that lies on the border between its group of classes and another: the loss inside the groups
// presses it across, with this force beside the size of the direction, and the border holds it.
struct Contact {
    Size sample, group;
    double multiplier;
};

struct Separation {
    std::vector<Size> group;  // of each class; a loss of one output has classes 0 and 1
    // Of groups of one class: they drop out of the loss. ReLU-like neurons may tell samples of a group apart,
    // too, and all classes may be one group.
    Size samples = 0;
    // Those that ReLU-like neurons tell from some classes of the group and not from all.
    Size partly = 0;
    // [features][K]: the motion, features as the coefficients of the units, then the output bias, then the
    // inputs of skip connections.
    std::vector<double> direction;
    // [width][inputs]: of hidden weights of ReLU-like neurons whose coefficients stay, along which no sample
    // that counts moves. Empty: none.
    std::vector<double> hidden;
    // The least difference that both make between an output of the right group and one of another, where the
    // greatest is 1. Above 0 beyond rounding. Contacts, where it is 0, are left out.
    double margin = 0.0;
    std::vector<Contact> contacts;
};

// The class of every sample: the output whose target is 1, the others 0; of one output its target. -1 where
// targets are no label: samples of equal inputs may be one, of several classes. Nothing where the loss is
// none of classes.
std::optional<std::vector<Size>> classes_of(const Dataset& data);
// The same; nothing where some sample has none, too.
std::optional<std::vector<Size>> labels_of(const Dataset& data);

// What a motion of the coefficients and one of hidden weights, where there is one, bring the outputs.
BoundaryOutputs outputs_along(const Dataset& data, const BoundaryNetwork& limit,
                              const std::vector<double>& direction, const std::vector<double>& hidden);

// The least difference that such motions make between an output of the right group and one of another, beyond
// its rounding and over the greatest; 0 or less: some sample is not told apart.
double margin_along(const Dataset& data, const BoundaryNetwork& limit, const std::vector<Size>& labels,
                    const std::vector<Size>& group, const std::vector<double>& direction,
                    const std::vector<double>& hidden = {});

// By how much a motion of the output layer brings each sample's class above all others, beyond rounding; 0
// where it does not.
std::vector<double> leads_along(const Dataset& data, const BoundaryNetwork& limit,
                                const std::vector<Size>& labels, const std::vector<double>& direction);

// Whether these groups are told apart by the features of the limit: by its own coefficients, as far as their
// means over the groups go, or by a linear program. Nothing where they are not, or the program was not
// solved.
std::optional<Separation> separation_of(const Dataset& data, const BoundaryNetwork& limit,
                                        const std::vector<Size>& labels, std::vector<Size> group);

// The finest groups of classes that the given outputs, [n][K], tell apart: those of different groups far in
// every sample. All classes in one group: none. means: when only the means of outputs over the groups count.
std::vector<Size> groups_told_apart(const std::vector<Size>& labels, Size outputs, const double* f,
                                    bool means);

// Coefficients as [features][K].
std::vector<double> coefficients_of(const BoundaryNetwork& limit);
BoundaryNetwork with_coefficients(BoundaryNetwork limit, const std::vector<double>& of);

}  // namespace tepui

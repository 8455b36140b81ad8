// Groups of classes that are told apart with samples in contact (MATH.md section 13): a limit network of the
// classes inside the groups, and beside it, on the same units, the motion of the output layer that tells the
// groups apart, both as one network of K + G outputs. Stationary where the loss inside the groups is
// balanced by multipliers of the contacts' margins.
#pragma once

#include <optional>
#include <vector>

#include "classification/infinity/boundary_point.hpp"
#include "classification/infinity/grouped_loss.hpp"
#include "classification/infinity/separation.hpp"

namespace tepui {

struct ContactPoint {
    BoundaryNetwork network;  // outputs of K classes, then of G groups
    std::vector<Contact> contacts;
    BoundarySums sums;           // of the Lagrangian
    FreeParameters free;         // but for gauges and the size of the direction
    Matrix slopes;               // [contacts][free]: of their margins
    std::vector<double> margin;  // of the contacts
    std::vector<double> margin_error;
    double loss = 0.0;  // inside the groups
};

// The step to where gradient and margins vanish to first order: what brings the margins to 0, and down from
// there along them.
struct ContactStep {
    std::vector<double> restoring, along_step;                // of the free parameters
    std::vector<double> restoring_change, multiplier_change;  // of the multipliers, by the first and by both
    std::vector<double> multiplier_rounding;  // of the multipliers, what the gradient's makes of them
    double along_size = 0.0;                  // of the second, in scaled parameters
    std::vector<double> scale;                // of the free parameters
    Matrix along;                             // rows: unit vectors of scaled parameters that keep the margins
    Matrix hessian;                           // along them
    double residual = 0.0;                    // of gradient along and margins, scaled
    double condition = 0.0;                   // least singular value of the scaled slopes over the largest
};

// v^T A v' for all rows v, v' of `along`.
Matrix restricted(const Matrix& a, const Matrix& along);

// The first of the coefficients of every feature, those of the units and the output bias; those of the other
// outputs follow it.
std::vector<Size> feature_places(const BoundaryNetwork& network);

class ContactProblem {
  public:
    ContactProblem(const Dataset& data, std::vector<Size> labels, std::vector<Size> group);
    ContactProblem(const ContactProblem&) = delete;

    Size classes() const { return classes_; }
    Size groups() const { return groups_; }
    const std::vector<Size>& group() const { return group_; }
    const std::vector<Size>& labels() const { return labels_; }

    // The outputs of the limit as those inside the groups and, in units of its largest coefficient, those of
    // the groups.
    struct Split {
        BoundaryNetwork network;
        double size = 0.0;  // of the motion of the groups
    };
    Split split(const BoundaryNetwork& limit) const;
    // Outputs of the classes, without what all of a group share.
    BoundaryNetwork inside(const BoundaryNetwork& network) const;
    // Of every class the coefficients of its group, [features][K], over `size`, that of the largest. A group
    // of several classes stands still.
    std::vector<double> direction(const BoundaryNetwork& network, double& size) const;

    // How much further each sample's own group is than each other one, [n][G], and what rounding may do.
    struct Margins {
        std::vector<double> value, error;
    };
    Margins margins(const BoundaryNetwork& network) const;
    Margins margins(const BoundaryOutputs& outputs) const;
    // Nothing where it overflows.
    std::optional<ContactPoint> at(BoundaryNetwork network, std::vector<Contact> contacts) const;
    ContactStep step(const ContactPoint& point) const;
    // The same with the best coefficients of the classes inside the groups, as far as so many of Newton's
    // steps reach: the valleys' floors are curves on which these follow the hidden weights.
    ContactPoint fitted(ContactPoint point, int steps) const;
    // The free parameters' shortest change that raises the margins of the contacts by so much.
    std::vector<double> away(const ContactPoint& point, const std::vector<double>& by) const;
    // Of every contact what the outputs inside the groups add to its margin.
    std::vector<double> behind(const ContactPoint& point) const;
    // With the motion of the groups taken `size` times: at most what the other groups add to the loss.
    double across_groups(const ContactPoint& point, double size) const;
    // The samples with the softmax loss of all classes, and with that of the Lagrangian.
    Dataset given() const;
    Dataset lagrangian(const std::vector<Contact>& contacts) const;

  private:
    FreeParameters free_of(const BoundaryNetwork& network, const BoundarySums& sums) const;
    // Divides the motion of the groups by its largest coefficient.
    double make_largest_one(BoundaryNetwork& network) const;
    void add_slopes(ContactPoint& point) const;
    // log of the sum of e^f over a group's classes, without what they share, as in inside().
    double height(const BoundaryOutputs& outputs, Size sample, Size group) const;
    Dataset with(const std::vector<double>& targets, Size outputs, const Loss& loss) const;

    Size samples_, features_, classes_, groups_;
    bool bias_;
    std::vector<Size> labels_, group_;
    std::vector<double> x_, weights_;
    GroupedLoss loss_;
};

}  // namespace tepui

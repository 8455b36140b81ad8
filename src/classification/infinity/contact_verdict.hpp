// What an end with samples in contact is, by rule (MATH.md section 13).
#pragma once

#include "classification/infinity/contact_point.hpp"
#include "classification/infinity/end_verdict.hpp"

namespace tepui {

// The point is at rest, or nothing is said. Nothing where margins other than the contacts' are not above 0
// beyond rounding: groups are not told apart.
std::optional<EndReport> classify_contacts(const ContactProblem& problem, const ContactPoint& point,
                                           const Tolerances& tolerances);

// Onto the contacts, and no farther than the radius along them.
std::optional<ContactPoint> moved(const ContactProblem& problem, const ContactPoint& point,
                                  const ContactStep& step, double radius);
// Onto the contacts, moving along them by nothing. Nothing where that fails.
std::optional<ContactPoint> restored(const ContactProblem& problem, const ContactPoint& point, int steps);
// A unit of one neuron at finite weights on its way, onto the contacts again.
std::optional<ContactPoint> with_unit_left(const ContactProblem& problem, const ContactPoint& point, Size u,
                                           const Approach& fall, double step);

// Whether gradient and margins are zero within what a verdict tolerates.
bool is_at_rest(const ContactPoint& point, const Tolerances& tolerances);

// On the way to the limit: a network of the classes, and its two parts, the second to be taken `size` times.
struct OnTheWay {
    Network network;
    BoundaryNetwork both;
    double size;
};
// The direction `size` times, contacts as far from the border as the logarithm of that asks for, units as
// approached.
OnTheWay contact_network(const ContactProblem& problem, const ContactPoint& point, double size,
                         std::span<const Approach> approaches);

// The point that a report speaks of.
std::optional<ContactPoint> contact_point(const ContactProblem& problem, const EndReport& end);

}  // namespace tepui

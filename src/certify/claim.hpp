// What a certificate is to prove: the computed verdict on a point and on the splits of its neurons, whatever
// judged it.
#pragma once

#include <string>
#include <vector>

#include "classification/model/model.hpp"
#include "classification/point/analysis.hpp"

namespace tepui {

struct SplitClaim {
    GammaRegion minima = GammaRegion::none, saddles = GammaRegion::none;
};

struct Claim {
    explicit Claim(Network network_) : network(std::move(network_)) {}

    Network network;
    Verdict verdict = Verdict::undetermined;
    bool least = false;  // the loss is zero, or the least that can be reached
    double gradient_relative = 0.0, stationarity_tolerance = 0.0;
    std::vector<SplitClaim> neurons;  // none under weight decay
};
// Throw Error(unsupported) where the point itself was not looked at, or not in the inputs given.
Claim claim_of(const Analysis& analysis);
Claim claim_of(const ModelReport& model);  // of the distinct neurons

}  // namespace tepui

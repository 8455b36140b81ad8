#include "certify/certificate.hpp"

#include "classification/point/parts.hpp"

namespace tepui {

Verdict proven_verdict(const Certificate& certificate, std::span<const SplitSigns> splits) {
    bool minimum = certificate.verdict == Verdict::local_minimum;
    for (const SplitSigns& split : splits) {
        if (split.neuron >= static_cast<Size>(certificate.neurons.size())) return Verdict::undetermined;
        const NeuronProof& neuron = certificate.neurons[split.neuron];
        if (contains(neuron.saddles, split.signs)) return Verdict::saddle;
        minimum = minimum && contains(neuron.minima, split.signs);
    }
    return minimum ? Verdict::local_minimum : Verdict::undetermined;
}

}  // namespace tepui

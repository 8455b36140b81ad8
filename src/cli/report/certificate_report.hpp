// A certificate as plain data, and its two forms.
#pragma once
#include <tepui/tepui.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace tepui::cli {

struct SpectrumProofReport {
    std::array<std::int64_t, 2> counts = {0, 0};  // negative, positive: at least
    std::array<double, 2> smallest = {0.0, 0.0}, largest = {0.0, 0.0};
    double weakest = 0.0;
};

struct NeuronProofReport {
    bool complete = false;
    tepui_gamma_region minima = 0, saddles = 0;
    std::string statement;
    SpectrumProofReport inner;
};

// The proven verdict on a split that was asked for, or on the network as given being one.
struct SplitProofReport {
    std::string what;
    std::vector<std::int64_t> neurons;
    std::vector<std::vector<double>> gammas;
    tepui_verdict verdict = 0;
};

struct CertificateReport {
    bool narrow = false;  // about the network reduced to distinct neurons
    bool complete = false;
    tepui_certificate_step failed_step = 0;
    std::int64_t failed_neuron = -1;
    std::string reason;
    bool stationary = false;
    tepui_verdict verdict = 0;
    std::int64_t morse_index = -1;
    std::string statement;
    double distance = 0.0;
    std::vector<std::string> parameters;  // decimal balls
    std::vector<double> lower, upper;
    std::array<double, 2> loss = {0.0, 0.0};
    double newton_step = 0.0, newton_radius = 0.0, contraction = 0.0;
    std::int64_t precision = 0;
    SpectrumProofReport hessian;
    std::vector<NeuronProofReport> neurons;
    std::vector<SplitProofReport> splits;
};

std::string certificate_text(const CertificateReport& certificate, bool preprocessed);

}  // namespace tepui::cli

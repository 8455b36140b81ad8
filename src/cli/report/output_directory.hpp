// The directory that --out names. A list of what was written there, .tepui-files, lets a later run remove
// what it does not write again, so that files of two runs never lie side by side.
#pragma once
#include <cstdint>

#include "cli/data/weight_files.hpp"
#include "cli/support/output_files.hpp"

namespace tepui::cli {

// Throws UserError where the directory is none or cannot be made or written: to be called before any work.
void check_directory(const std::string& path);

class OutputDirectory {
  public:
    // Makes it. Files that the run reads (`inputs`) are never removed.
    OutputDirectory(std::string path, std::vector<std::string> inputs);

    void add(const std::string& name, const std::string& content);
    // stem_W.npy, stem_a.npy and, where the network has them, stem_b.npy and stem_C.npy; and stem.npz, which
    // holds these arrays and others that tell of the network.
    void add_network(const std::string& stem, const Weights& weights, std::vector<NpzMember> telling);
    // Puts all in place and removes what an earlier run wrote and this one did not, unless it was changed.
    void commit();

  private:
    struct Listed {
        std::string name, mark;  // mark: of the content
    };
    std::vector<Listed> earlier_files() const;
    bool is_input(const std::string& name) const;

    std::string path_;
    std::vector<std::string> inputs_;
    std::vector<Listed> written_;
    OutputFiles files_;
};

}  // namespace tepui::cli

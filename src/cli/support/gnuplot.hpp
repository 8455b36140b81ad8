// Pictures are drawn by gnuplot, run as a program of its own.
#pragma once
#include <functional>
#include <string>

namespace tepui::cli {

// Throws UserError unless the file ends in .svg, .pdf or .png and gnuplot can be found: to be called before
// any work is done for the picture.
void check_figure_file(const std::string& file);

// A script that sets neither terminal nor output, and the size of its page in points (1/72 inch).
struct Figure {
    std::string script;
    int width = 0, height = 0;
};

// Shows the report and draws the figure into the file unless its name is empty: where one of the two fails,
// the other is there. Throws UserError, with what gnuplot said.
void show_and_draw(const std::string& report, const std::string& file, const std::function<Figure()>& figure);

// Text as it is, without the markup of gnuplot's enhanced mode, within single quotes.
std::string plain_text(const std::string& text);

}  // namespace tepui::cli

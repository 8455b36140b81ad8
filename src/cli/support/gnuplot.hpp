// Pictures are drawn by gnuplot, run as a program of its own.
#pragma once
#include <functional>
#include <string>

namespace tepui::cli {

// Throws UserError unless the file ends in .svg, .pdf or .png and gnuplot can be found: to be called before
// any work is done for the picture. option: that named it.
void check_figure_file(const std::string& file, const std::string& option = "--out");

// A script that sets neither terminal nor output, and the size of its page in points (1/72 inch).
struct Figure {
    std::string script;
    int width = 0, height = 0;
};

// Draws the figure into the file unless its name is empty and shows the report: where one of the two fails,
// the other is there. Throws UserError, with what gnuplot said.
void show_and_draw(const std::string& report, const std::string& file, const std::function<Figure()>& figure);

void draw(const Figure& figure, const std::string& file);

// Text as it is, quoted, as a label of gnuplot: nothing in it is markup, ends the quotes or is run.
std::string plain_text(const std::string& text);

}  // namespace tepui::cli

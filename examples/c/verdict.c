/* Fits one tanh neuron to a sine, then asks what splitting it in two does. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <tepui/tepui.h>

static tepui_context* context;
static void must(tepui_status status) {
    if (status == TEPUI_OK) return;
    fprintf(stderr, "%s: %s\n", tepui_status_name(status), tepui_context_message(context));
    exit(1);
}

int main(void) {
    double x[50], y[50], gammas[2][2] = {{0.4, 0.6}, {1.5, -0.5}};
    for (int k = 0; k < 50; ++k) {
        x[k] = -2.0 + 0.08 * k;
        y[k] = sin(x[k]);
    }
    tepui_activation* sigma;
    tepui_dataset* data;
    tepui_solution* fits;
    tepui_analysis* point;
    const tepui_report* report;
    const char* verdict;
    double loss;
    int64_t index;
    must(tepui_context_create(&context));
    must(tepui_activation_create(context, TEPUI_ACTIVATION_TANH, &sigma));
    must(tepui_dataset_create(context, 50, 1, x, 1, y, NULL, TEPUI_DATASET_COPY, &data));
    must(tepui_solve(context, data, sigma, 1, &fits));
    must(tepui_analyze(context, data, tepui_solution_point(fits, 0), &point));
    must(tepui_analysis_report(context, point, &report));
    must(tepui_report_real(context, report, "loss", &loss));
    must(tepui_report_text(context, report, "verdict", &verdict));
    printf("loss %.6f: %s\n", loss, verdict);
    for (int s = 0; s < 2; ++s) {
        tepui_split_verdict* split;
        must(tepui_classify_split(context, point, 0, 2, gammas[s], &split));
        must(tepui_split_verdict_report(context, split, &report));
        must(tepui_report_text(context, report, "verdict", &verdict));
        must(tepui_report_integer(context, report, "morse_index", &index));
        printf("gamma (%g, %g): %s, Morse index %d\n", gammas[s][0], gammas[s][1], verdict, (int)index);
        tepui_split_verdict_destroy(split);
    }
    tepui_analysis_destroy(point), tepui_solution_destroy(fits), tepui_dataset_destroy(data);
    tepui_activation_destroy(sigma), tepui_context_destroy(context);
}

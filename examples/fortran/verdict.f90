! Fits one tanh neuron to a sine, then asks what splitting it in two does.
program verdict
    use tepui
    implicit none
    integer(c_int64_t), parameter :: n = 50, one = 1, two = 2, neuron = 0
    real(c_double) :: x(1, n), y(n), gammas(2, 2), loss
    integer(c_int64_t) :: index, k, s
    type(c_ptr) :: context, sigma, data, fits, point, split, report, text

    x(1, :) = [(-2.0d0 + 0.08d0 * k, k = 0, n - 1)]
    y = sin(x(1, :))
    call must(tepui_context_create(context))
    call must(tepui_activation_create(context, TEPUI_ACTIVATION_TANH, sigma))
    call must(tepui_dataset_create(context, n, one, x, one, y, flags=TEPUI_DATASET_COPY, dataset=data))
    call must(tepui_solve(context, data, sigma, one, fits))
    call must(tepui_analyze(context, data, tepui_solution_point(fits, 0_c_int64_t), point))
    call must(tepui_analysis_report(context, point, report))
    call must(tepui_report_real(context, report, 'loss' // c_null_char, loss))
    call must(tepui_report_text(context, report, 'verdict' // c_null_char, text))
    print '(a, f8.6, 2a)', 'loss ', loss, ': ', tepui_string(text)
    gammas = reshape([0.4d0, 0.6d0, 1.5d0, -0.5d0], [2, 2])
    do s = 1, 2
        call must(tepui_classify_split(context, point, neuron, two, gammas(:, s), split))
        call must(tepui_split_verdict_report(context, split, report))
        call must(tepui_report_text(context, report, 'verdict' // c_null_char, text))
        call must(tepui_report_integer(context, report, 'morse_index' // c_null_char, index))
        print '(2(a, f4.1), 3a, i0)', 'gamma (', gammas(1, s), ', ', gammas(2, s), '): ', tepui_string(text), &
            ', Morse index ', index
        call tepui_split_verdict_destroy(split)
    end do
    call tepui_analysis_destroy(point)
    call tepui_solution_destroy(fits)
    call tepui_dataset_destroy(data)
    call tepui_activation_destroy(sigma)
    call tepui_context_destroy(context)

contains
    subroutine must(status)
        integer(c_int32_t), intent(in) :: status
        if (status == TEPUI_OK) return
        print '(a)', tepui_string(tepui_context_message(context))
        error stop 'tepui failed'
    end subroutine
end program

! Fits one tanh neuron of two inputs, prints the verdict on the point and on three splits, and checks the Morse index of
! each against (p - 1) n- + q n+.
program verdict
    use tepui
    implicit none
    integer(c_int64_t), parameter :: d = 2, n = 64, zero = 0
    real(c_double) :: x(d, n), y(n), inner(d, d), lambda_min, lambda_max, gammas(2, 3)
    integer(c_int64_t) :: minus, plus, index, k, s, negative, positive
    type(c_ptr) :: context, sigma, data, fits, point, split, report

    do k = 1, n
        x(1, k) = -2.0d0 + 4.0d0 * real(mod(k - 1, 8_c_int64_t), c_double) / 7.0d0
        x(2, k) = -2.0d0 + 4.0d0 * real((k - 1) / 8, c_double) / 7.0d0
        y(k) = sin(x(1, k) + 0.4d0 * x(2, k)) + 0.2d0 * x(2, k)
    end do
    call must(tepui_context_create(context))
    call must(tepui_activation_create(context, TEPUI_ACTIVATION_TANH, sigma))
    call must(tepui_dataset_create(context, n, d, x, d, y, c_null_ptr, TEPUI_DATASET_BORROW, data))
    call must(tepui_solve(context, data, sigma, 1_c_int64_t, fits))
    call must(tepui_analyze(context, data, tepui_solution_point(fits, zero), point))
    call must(tepui_inner_hessian(context, data, tepui_solution_point(fits, zero), zero, inner, d))
    call must(tepui_analysis_report(context, point, report))
    call must(tepui_report_real(context, report, 'neurons/0/inner_hessian/lambda_min' // c_null_char, lambda_min))
    call must(tepui_report_real(context, report, 'neurons/0/inner_hessian/lambda_max' // c_null_char, lambda_max))
    call must(tepui_report_integer(context, report, 'neurons/0/inner_hessian/inertia/negative' // c_null_char, minus))
    call must(tepui_report_integer(context, report, 'neurons/0/inner_hessian/inertia/positive' // c_null_char, plus))
    print '(a, i0)', 'verdict of the point ', tepui_analysis_verdict(point)
    if (tepui_analysis_verdict(point) /= TEPUI_VERDICT_LOCAL_MINIMUM) error stop 'a local minimum is expected'
    if (abs(inner(1, 1) + inner(2, 2) - lambda_min - lambda_max) > 1d-9) error stop 'trace and eigenvalues differ'

    gammas = reshape([0.4d0, 0.6d0, 1.5d0, -0.5d0, -2.0d0, 3.0d0], [2, 3])
    do s = 1, 3
        call must(tepui_classify_split(context, point, zero, 2_c_int64_t, gammas(:, s), split))
        call must(tepui_split_verdict_report(context, split, report))
        call must(tepui_report_integer(context, report, 'morse_index' // c_null_char, index))
        positive = count(gammas(:, s) > 0)
        negative = count(gammas(:, s) < 0)
        print '(a, 2f6.2, a, i0, a, i0)', 'gamma', gammas(:, s), ': verdict ', tepui_split_verdict_verdict(split), &
            ', Morse index ', index
        if (index /= (positive - 1) * minus + negative * plus) error stop 'wrong Morse index'
        if ((index > 0) .neqv. &
            (tepui_split_verdict_verdict(split) == TEPUI_VERDICT_SADDLE)) error stop 'verdict and index disagree'
        call tepui_split_verdict_destroy(split)
    end do
    call tepui_analysis_destroy(point)
    call tepui_solution_destroy(fits)
    call tepui_dataset_destroy(data)
    call tepui_activation_destroy(sigma)
    call tepui_context_destroy(context)
    print '(a)', 'all checks passed'

contains
    subroutine must(status)
        integer(c_int32_t), intent(in) :: status
        character(kind=c_char), pointer :: text(:)
        integer :: length
        if (status == TEPUI_OK) return
        call c_f_pointer(tepui_context_message(context), text, [1024])
        length = 0
        do while (text(length + 1) /= c_null_char)
            length = length + 1
        end do
        print '(1024a)', text(1:length)
        error stop 'tepui failed'
    end subroutine
end program

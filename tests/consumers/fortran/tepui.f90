! The part of tepui's C interface that the program uses. Handles are c_ptr; sizes int64; arrays as they are, x(d, n).
module tepui
    use, intrinsic :: iso_c_binding
    implicit none
    integer(c_int32_t), parameter :: TEPUI_OK = 0, TEPUI_ACTIVATION_TANH = 1, TEPUI_DATASET_BORROW = 0
    integer(c_int32_t), parameter :: TEPUI_VERDICT_LOCAL_MINIMUM = 1, TEPUI_VERDICT_SADDLE = 2

    interface
        integer(c_int32_t) function tepui_context_create(context) bind(c)
            import
            type(c_ptr), intent(out) :: context
        end function
        subroutine tepui_context_destroy(context) bind(c)
            import
            type(c_ptr), value :: context
        end subroutine
        function tepui_context_message(context) bind(c) result(text)
            import
            type(c_ptr), value :: context
            type(c_ptr) :: text
        end function
        integer(c_int32_t) function tepui_activation_create(context, kind, activation) bind(c)
            import
            type(c_ptr), value :: context
            integer(c_int32_t), value :: kind
            type(c_ptr), intent(out) :: activation
        end function
        subroutine tepui_activation_destroy(activation) bind(c)
            import
            type(c_ptr), value :: activation
        end subroutine
        integer(c_int32_t) function tepui_dataset_create(context, n, d, x, ldx, y, weights, flags, dataset) bind(c)
            import
            type(c_ptr), value :: context, weights
            integer(c_int64_t), value :: n, d, ldx
            real(c_double), intent(in) :: x(ldx, n), y(n)
            integer(c_int32_t), value :: flags
            type(c_ptr), intent(out) :: dataset
        end function
        subroutine tepui_dataset_destroy(dataset) bind(c)
            import
            type(c_ptr), value :: dataset
        end subroutine
        integer(c_int32_t) function tepui_solve(context, dataset, activation, m, solution) bind(c)
            import
            type(c_ptr), value :: context, dataset, activation
            integer(c_int64_t), value :: m
            type(c_ptr), intent(out) :: solution
        end function
        function tepui_solution_point(solution, index) bind(c) result(network)
            import
            type(c_ptr), value :: solution
            integer(c_int64_t), value :: index
            type(c_ptr) :: network
        end function
        subroutine tepui_solution_destroy(solution) bind(c)
            import
            type(c_ptr), value :: solution
        end subroutine
        integer(c_int32_t) function tepui_inner_hessian(context, dataset, network, neuron, inner, ld) bind(c)
            import
            type(c_ptr), value :: context, dataset, network
            integer(c_int64_t), value :: neuron, ld
            real(c_double), intent(inout) :: inner(ld, *)
        end function
        integer(c_int32_t) function tepui_analyze(context, dataset, network, analysis) bind(c)
            import
            type(c_ptr), value :: context, dataset, network
            type(c_ptr), intent(out) :: analysis
        end function
        integer(c_int32_t) function tepui_analysis_verdict(analysis) bind(c)
            import
            type(c_ptr), value :: analysis
        end function
        integer(c_int32_t) function tepui_analysis_report(context, analysis, report) bind(c)
            import
            type(c_ptr), value :: context, analysis
            type(c_ptr), intent(out) :: report
        end function
        integer(c_int32_t) function tepui_report_real(context, report, path, value) bind(c)
            import
            type(c_ptr), value :: context, report
            character(kind=c_char), intent(in) :: path(*)
            real(c_double), intent(out) :: value
        end function
        integer(c_int32_t) function tepui_report_integer(context, report, path, value) bind(c)
            import
            type(c_ptr), value :: context, report
            character(kind=c_char), intent(in) :: path(*)
            integer(c_int64_t), intent(out) :: value
        end function
        subroutine tepui_analysis_destroy(analysis) bind(c)
            import
            type(c_ptr), value :: analysis
        end subroutine
        integer(c_int32_t) function tepui_classify_split(context, analysis, neuron, r, gamma, verdict) bind(c)
            import
            type(c_ptr), value :: context, analysis
            integer(c_int64_t), value :: neuron, r
            real(c_double), intent(in) :: gamma(r)
            type(c_ptr), intent(out) :: verdict
        end function
        integer(c_int32_t) function tepui_split_verdict_verdict(verdict) bind(c)
            import
            type(c_ptr), value :: verdict
        end function
        integer(c_int32_t) function tepui_split_verdict_report(context, verdict, report) bind(c)
            import
            type(c_ptr), value :: context, verdict
            type(c_ptr), intent(out) :: report
        end function
        subroutine tepui_split_verdict_destroy(verdict) bind(c)
            import
            type(c_ptr), value :: verdict
        end subroutine
    end interface
end module

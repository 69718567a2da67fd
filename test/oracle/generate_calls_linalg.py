"""Records what real PyTorch answers to the operators of linear algebra, as generate_calls.py does for the others.

    python test/oracle/generate_calls_linalg.py        (needs torch 2.13.0+cpu)

Writes test/oracle/calls_linalg.json.
"""

from recording import F32, F64, I64, T, record, torch, write

inf = float("inf")


def shaped(key, *args, single=True):
    """In float64 to the second order; in float32, whose second derivatives are all rounding, to the first."""
    record(key, list(args), F64, chains=False)
    if single:
        record(key, list(args), F32, second=False)


def symmetric(n, seed, shift=4.0):
    torch.manual_seed(seed)
    a = torch.randn(n, n, dtype=F64)
    return T(n, n, values=[round(v, 3) for v in ((a + a.T) / 2 + shift * torch.eye(n)).flatten().tolist()])


def factor(n, seed):
    torch.manual_seed(seed)
    a = torch.randn(n, n, dtype=F64).tril(-1) + torch.diag(torch.rand(n, dtype=F64) + 1)
    return T(n, n, values=[round(v, 3) for v in a.flatten().tolist()])


MATRICES = [(3, 3), (4, 2), (2, 4), (2, 3, 3), (1, 1), (5, 4)]
for sizes in MATRICES:
    for mode in ("reduced", "complete"):
        record("linalg_qr", [T(*sizes), mode], F64, chains=False)
        record("linalg_qr", [T(*sizes, grad=False), mode], F32)
    shaped("linalg_qr", T(*sizes, grad=False), "r")
    for full in (False, True):
        record("_linalg_svd", [T(*sizes), full, True, None], F64, chains=False)
    record("_linalg_svd", [T(*sizes, grad=False), False, False, None], F64)
    shaped("linalg_lu_factor_ex", T(*sizes), True, False)
    shaped("linalg_lu", T(*sizes), True)
    # Second derivatives of square ones would need better conditioned matrices than these.
    record("linalg_pinv.atol_rtol_tensor", [T(*sizes), None, None, False], F64, chains=False, second=sizes in ((4, 2), (2, 4)))
    record("linalg_matrix_rank.atol_rtol_float", [T(*sizes, grad=False), None, None, False], F64)
record("linalg_qr", [T(3, 3), "r"], F64, second=False)
record("linalg_qr", [T(4, 2), "complete"], F64, second=False)
record("linalg_qr", [T(3, 3), "foo"])
record("linalg_qr", [T(3), "reduced"])
record("linalg_qr", [T(3, 3, dtype=I64), "reduced"])
record("linalg_qr", [T(0, 2, grad=False), "reduced"], F64)
record("linalg_qr", [T(3, 4, perm=(1, 0)), "reduced"], F64, chains=False)
for n in (1, 2, 3, 4, 6):
    for uplo in ("L", "U"):
        record("_linalg_eigh", [symmetric(n, n, 0.0), uplo, True], F64, chains=False)
record("_linalg_eigh", [T(3, 2), "L", True])
record("_linalg_eigh", [T(3, 3), "X", True])
record("_linalg_eigh", [T(3, 3, dtype=I64), "L", True])
record("_linalg_svd", [T(3), False, True, None])
record("_linalg_svd", [T(3, 3), False, True, "gesvd"])
for rows, columns in ((3, 3), (4, 2)):
    for hermitian in (False, True):
        if hermitian and rows != columns:
            continue
        a = symmetric(3, 5) if hermitian else T(rows, columns)
        record("linalg_pinv.atol_rtol_tensor", [a, None, None, hermitian], F64, chains=False)
record("linalg_pinv.atol_rtol_float", [T(3, 2), 0.1, 0.5, False], F64, chains=False)
record("linalg_pinv.atol_rtol_tensor", [T(3), None, None, False])
record("linalg_matrix_rank.atol_rtol_float", [T(2, 2, values=[1.0, 2.0, 2.0, 4.0], grad=False), None, None, False], F64)
record("linalg_matrix_rank", [T(3, 3, grad=False), 2.0, False], F64)

for driver in (None, "gels", "gelsd", "gelss"):
    record("linalg_lstsq", [T(4, 2), T(4, 3), None, driver], F64, chains=False)
    record("linalg_lstsq", [T(3, 2), T(3), None, driver], F64, chains=False)
record("linalg_lstsq", [T(2, 4), T(2, 1), None, None], F64, chains=False)
record("linalg_lstsq", [T(2, 3, 2), T(2, 3, 1), None, "gelsd"], F64, chains=False)
record("linalg_lstsq", [T(4, 2), T(3, 1), None, None])
record("linalg_lstsq", [T(4, 2), T(4, 1), None, "foo"])
record("linalg_lstsq", [T(4, 2), T(4, 1, dtype=F32), None, None])

for order in (1, -1, 2, -2, inf, -inf):
    shaped("linalg_matrix_norm", T(3, 2), order, [-2, -1], False, None, single=abs(order) != 2)
    record("linalg_matrix_norm", [T(2, 3, 2), order, [0, 1], True, None], F64, chains=False)
    record("linalg_cond", [T(3, 3), order], F64, chains=False)
    record("linalg_norm", [T(3, 3), order, None, False, None], F64, chains=False)
    record("linalg_norm", [T(3), order, None, False, None], F64, chains=False)
for order in ("fro", "nuc"):
    record("linalg_matrix_norm.str_ord", [T(3, 2), order, [-2, -1], False, None], F64, chains=False)
    record("linalg_matrix_norm.str_ord", [T(2, 3, 2), order, [0, 2], True, None], F64, chains=False)
    record("linalg_cond.p_str", [T(3, 3), order], F64, chains=False)
    record("linalg_norm.ord_str", [T(3, 3), order, None, False, None], F64, chains=False)
record("linalg_norm", [T(2, 3), None, None, False, None], F64, chains=False)
record("linalg_norm", [T(2, 3), 2, [0], False, None], F64, chains=False)
record("linalg_norm", [T(2, 2, 2), 2, None, False, None])
record("linalg_norm", [T(2, 2, dtype=I64), None, None, False, None])
record("linalg_matrix_norm", [T(3, 2), 3, [-2, -1], False, None])
record("linalg_matrix_norm", [T(3), 1, [-2, -1], False, None])
record("linalg_matrix_norm", [T(3, 3), 1, [0, 0], False, None])
record("linalg_matrix_norm.str_ord", [T(3, 3), "foo", [-2, -1], False, None])
record("linalg_matrix_norm.str_ord", [T(3, 3, dtype=I64), "fro", [-2, -1], False, None])
record("linalg_cond", [T(3, 3), 3])
record("linalg_cond", [T(3, 2), 1])
record("linalg_cond", [T(3), None])
record("linalg_cond", [T(2, 2, values=[1.0, 2.0, 2.0, 4.0], grad=False), 1], F64)
record("linalg_cond.p_str", [T(3, 3), "foo"])
record("linalg_cond", [T(4, 2), None], F64, chains=False)

torch.manual_seed(0)
LU, PIVOTS = torch.linalg.lu_factor(torch.randn(3, 3, dtype=F64))
LU = T(3, 3, values=[round(v, 3) for v in LU.flatten().tolist()])
PIVOTS = T(3, values=PIVOTS.tolist(), dtype=torch.int32)
for left in (True, False):
    for adjoint in (False, True):
        b = T(3, 2) if left else T(2, 3)
        record("linalg_lu_solve", [LU, PIVOTS, b, left, adjoint], F64, chains=False)
record("lu_unpack", [LU, PIVOTS, True, True], F64, chains=False)
record("linalg_lu_solve", [T(3, 2), PIVOTS, T(3, 2), True, False])
record("linalg_lu_solve", [LU, PIVOTS, T(2, 2), True, False])
record("linalg_lu_factor", [T(2, 2, values=[0.0, 0, 0, 0])])
record("linalg_lu_factor", [T(3, 3), False])
record("linalg_lu", [T(3), True])

for n in (1, 2, 3):
    shaped("linalg_matrix_exp", T(n, n))
record("linalg_matrix_exp", [T(2, 3, 3)], F64, chains=False)
record("linalg_matrix_exp", [T(3, 3, lo=-9.0, hi=9.0)], F64, chains=False)
record("linalg_matrix_exp", [T(3, 2)])
record("linalg_matrix_exp", [T(3, 3, dtype=I64)])
for sizes, count in (((3, 2), 2), ((3, 3), 2), ((2, 4, 2), 2)):
    record("linalg_householder_product", [T(*sizes), T(*sizes[:-2], count)], F64, chains=False)
record("linalg_householder_product", [T(2, 3), T(2)])
record("linalg_householder_product", [T(3, 2), T(3)])
record("geqrf", [T(3, 2, grad=False)], F64)
for upper in (False, True):
    l = factor(3, 3)
    if upper:
        l = T(3, 3, values=torch.tensor(l.values, dtype=F64).reshape(3, 3).T.flatten().tolist())
    shaped("cholesky_inverse", l, upper)
    shaped("cholesky_solve", T(3, 2), l, upper)
    shaped("linalg_cholesky_ex", symmetric(3, 7), upper, False)
    for turn in (False, True):
        for unit in (False, True):
            record("triangular_solve", [T(3, 2), l, upper, turn, unit], F64, chains=False)
record("cholesky_inverse", [T(3, 2), False])
record("cholesky_solve", [T(3), T(3, 3), False])
record("cholesky_solve", [T(2, 1), T(3, 3), False])
record("linalg_cholesky_ex", [T(2, 2, values=[1.0, 2.0, 2.0, 1.0]), False, True])
record("linalg_cholesky_ex", [T(2, 2, values=[1.0, 2.0, 2.0, 1.0], grad=False), False, False], F64)
record("linalg_inv_ex", [T(2, 2, values=[1.0, 2.0, 2.0, 4.0]), True])
record("linalg_inv_ex", [T(3, 3), False], F64, chains=False)
for sizes, dim in (((2, 3), -1), ((3, 2), 0), ((2, 3, 2), 1)):
    shaped("linalg_cross", T(*sizes), T(*sizes), dim)
record("linalg_cross", [T(2, 3), T(1, 3), -1], F64, chains=False)
record("linalg_cross", [T(2, 2), T(2, 2), -1])
record("linalg_cross", [T(3), T(2, 3), -1])
record("cross", [T(3, 2), T(3, 2), None], F64, chains=False)
record("cross", [T(2, 2), T(2, 2), None])
for shapes in ([(2, 3), (3, 4)], [(2, 3), (3, 4), (4, 2)], [(3,), (3, 4), (4,)], [(2, 5), (5, 3), (3, 4), (4, 2)]):
    record("linalg_multi_dot", [[T(*shape) for shape in shapes]], F64, chains=False)
record("linalg_multi_dot", [[T(2, 3)]])
record("linalg_multi_dot", [[T(2, 3), T(2, 3), T(3, 2)]])
record("linalg_multi_dot", [[T(2, 3), T(3), T(3, 2)]])
record("linalg_vander", [T(3), None], F64, chains=False)
record("linalg_vander", [T(2, 3), 4], F64, chains=False)
record("linalg_vander", [T(3), 1])
record("linalg_tensorinv", [T(2, 2, 4), 2], F64, chains=False)
record("linalg_tensorinv", [T(2, 3, 4), 1])
record("linalg_tensorsolve", [T(2, 2, 4), T(2, 2), None], F64, chains=False)
record("linalg_tensorsolve", [T(2, 3, 4), T(2, 3), None])
record("linalg_vecdot", [T(2, 3), T(2, 3), -1], F64, chains=False)
for power in (-2, -1, 0, 1, 2, 3, 5):
    record("linalg_matrix_power", [T(3, 3), power], F64, chains=False)
record("linalg_matrix_power", [T(3, 2), 2])

write("calls_linalg.json")

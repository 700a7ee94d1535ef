"""Independent reference values for SpecialFunctionsTests: Q(a, x) by the power series of P(a, x) in high-precision decimals.

Run: python3 reference_values.py (standard library only, two seconds); it prints the InlineData rows of the tests.
"""
from decimal import Decimal as D, getcontext

getcontext().prec = 900


def pi():
    # Machin: 16 atan(1/5) - 4 atan(1/239).
    def atan_inv(n):
        term = D(1) / n
        total, k, sign = term, 1, 1
        while abs(term) > D(10) ** -890:
            term /= n * n
            k += 2
            sign = -sign
            total += sign * term / k
        return total

    return 16 * atan_inv(5) - 4 * atan_inv(239)


PI = pi()


def gamma(a):
    """Gamma for whole and half-whole a, exactly from the recurrence."""
    start = D(1) if a == int(a) else D("0.5")
    g = D(1) if start == 1 else PI.sqrt()
    while start < a:
        g *= start
        start += 1
    return g


def log_gamma(a):
    return gamma(a).ln()


def q(a, x):
    """Regularized upper incomplete gamma: 1 - x^a e^-x / Gamma(a) * sum x^k / (a (a+1) ... (a+k))."""
    a, x = D(a), D(x)
    if x == 0:
        return D(1)
    term = 1 / a
    total, k = term, a
    while term > total * D(10) ** -880:
        k += 1
        term *= x / k
        total += term
    return 1 - (a * x.ln() - x).exp() / gamma(a) * total


def normal_upper_tail(z):
    z = D(z)
    half = q(D("0.5"), z * z / 2) / 2
    return half if z >= 0 else 1 - half


if __name__ == "__main__":
    getcontext().Emin = -10**9
    print("Q(a, x)")
    for a, x in [("0.5", "1e-10"), ("0.5", "0.05"), ("0.5", "1"), ("0.5", "350"), ("0.5", "680"), ("1", "700"), ("1.5", "0.001"), ("4.5", "0.1"), ("4.5", "3"),
                 ("4.5", "80"), ("4.5", "700"), ("9.5", "10"), ("50", "20"), ("50", "50"), ("50", "200"), ("50", "880"), ("127.5", "64"), ("127.5", "127"), ("127.5", "400"),
                 ("1000", "900"), ("1000", "1000"), ("1000", "1500"), ("1000", "2500"), ("5000", "5000"), ("5000", "5500"), ("10000", "9900"),
                 ("10000", "10000"), ("10000", "10100"), ("10000", "11000"), ("10000", "13000")]:
        print(f"[InlineData({a}, {x}, {float(q(a, x))!r})]")
    print("normal upper tail")
    for z in ["-10", "-3", "-0.5", "0", "0.001", "0.5", "1", "1.959963984540054", "3", "5", "8", "12", "20", "30", "37"]:
        print(f"[InlineData({z}, {float(normal_upper_tail(z))!r})]")
    print("log gamma")
    for a in ["0.5", "1", "1.5", "2", "2.5", "3", "7.5", "10", "50.5", "100", "1000.5", "10000"]:
        print(f"[InlineData({a}, {float(log_gamma(D(a)))!r})]")

using System.Globalization;
using System.Text;
using Drift.Api.Rows;

namespace Drift.Api.Tests.Rows;

public sealed class NumberTests
{
    [Fact]
    public void Every_decimal_is_the_double_that_the_framework_parses_in_every_format()
    {
        var numbers = Adversarial().Concat(RandomDecimals(20_000)).ToArray();
        var json = RowsOf.Json("{\"rows\": [" + string.Join(",", numbers.Select(n => $"{{\"features\": {{\"x\": {n}}}}}")) + "]}");
        var columns = RowsOf.Json("{\"columns\": {\"features\": {\"x\": [" + string.Join(",", numbers) + "]}}}");
        var lines = RowsOf.Ndjson(string.Join("\n", numbers.Select(n => $"{{\"features\": {{\"x\": {n}}}}}")));
        var csv = RowsOf.Csv("x\n" + string.Join("\n", numbers) + "\n");
        for (var i = 0; i < numbers.Length; i++)
        {
            var expected = BitConverter.DoubleToInt64Bits(double.Parse(numbers[i], NumberStyles.Float, CultureInfo.InvariantCulture));
            foreach (var batch in new[] { json, columns, lines, csv })
            {
                var found = BitConverter.DoubleToInt64Bits(batch.FindFeature("x")!.Number(i));
                Assert.True(expected == found, $"{numbers[i]}: {found:x16} instead of {expected:x16}");
            }

            Assert.Equal(numbers[i], csv.Texts.GetString(csv.FindFeature("x")!.Text(i)));
        }
    }

    [Fact]
    public void Significands_of_64_bits_at_any_power_and_ties_are_rounded_as_the_framework_rounds()
    {
        var random = new Random(12);
        for (var i = 0; i < 300_000; i++)
        {
            string text;
            if (i % 3 == 0)
            {
                // An odd number of 54 bits lies halfway between two doubles, and still does after a division by a power of two.
                var power = random.Next(5);
                var tie = (UInt128)(ulong)((random.NextInt64(1L << 53) | (1L << 53)) | 1) * (UInt128)Math.Pow(5, power);
                text = $"{tie + (UInt128)random.Next(3) - 1}e-{power}";
            }
            else
            {
                text = $"{(ulong)random.NextInt64() << random.Next(2) >> random.Next(12)}e{random.Next(-75, 76)}";
            }

            var expected = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
            var bytes = Encoding.UTF8.GetBytes(text + ",");
            var end = 0;
            Assert.True(DecimalNumber.TryReadJson(bytes, ref end, out var json), text);
            Assert.Equal(text.Length, end);
            Assert.True(DecimalNumber.TryParse(bytes.AsSpan(..^1), out var parsed), text);
            Assert.True(BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(json), $"{text}: {json:R} instead of {expected:R}");
            Assert.True(BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(parsed), $"{text}: {parsed:R} instead of {expected:R}");
        }
    }

    [Fact]
    public void A_text_is_a_number_exactly_when_the_framework_says_so()
    {
        var random = new Random(5);
        const string alphabet = "0123456789.eE+- ";
        for (var i = 0; i < 100_000; i++)
        {
            var text = new string(Enumerable.Range(0, random.Next(1, 9)).Select(_ => alphabet[random.Next(alphabet.Length)]).ToArray());
            var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var expected);
            Assert.Equal(isNumber, DecimalNumber.TryParse(Encoding.UTF8.GetBytes(text), out var found));
            if (isNumber)
                Assert.True(BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(found), text);
        }
    }

    private static IEnumerable<string> Adversarial()
    {
        string[] fixedOnes =
        [
            "0", "-0", "0.0", "-0.0e5", "0e400", "9007199254740991", "9007199254740992", "9007199254740993", "9007199254740992.5", "9007199254740993e22",
            "9007199254740993e-22", "1e22", "1e23", "8.5e22", "123456789012345e22", "1.7976931348623157e308", "1.7976931348623158e308", "1.7976931348623159e308",
            "2.2250738585072014e-308", "2.2250738585072011e-308", "4.9406564584124654e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "1e-400",
            "18446744073709551615", "18446744073709551616", "9999999999999999999", "10000000000000000000", "0.1000000000000000055511151231257827",
            "0.00000000000000000000000001", "1E+5", "1e-0005", "1e00000000000000000005", "6.0221407600000000e+23", "1e99999", "-1e99999", "1e-99999",
            "100000000000000016777215", "100000000000000016777216", "3.518437208883201171875e13", "7.2057594037927933e16", "0.500000000000000166533453693773481063544750213623046875",
        ];
        foreach (var number in fixedOnes)
            yield return number;
        yield return "1" + new string('0', 400);
        yield return "0." + new string('0', 400) + "1";
        yield return new string('9', 800) + "e-790";
        yield return "1.00000000000000011102230246251565404236316680908203125" + new string('0', 900) + "1";
    }

    private static IEnumerable<string> RandomDecimals(int count)
    {
        var random = new Random(11);
        for (var i = 0; i < count; i++)
        {
            var number = new StringBuilder();
            if (random.Next(2) == 0)
                number.Append('-');
            switch (i % 4)
            {
                case 0:
                    var value = BitConverter.Int64BitsToDouble(random.NextInt64());
                    number.Append((double.IsFinite(value) ? Math.Abs(value) : 1).ToString("R", CultureInfo.InvariantCulture));
                    break;
                case 1:
                    number.Append((random.NextDouble() * Math.Pow(10, random.Next(-5, 10))).ToString("R", CultureInfo.InvariantCulture));
                    break;
                default:
                    Digits(random.Next(1, i % 4 == 2 ? 8 : 25));
                    if (random.Next(2) == 0)
                    {
                        number.Append('.');
                        for (var digits = random.Next(1, 20); digits > 0; digits--)
                            number.Append((char)('0' + random.Next(10)));
                    }

                    if (random.Next(3) == 0)
                        number.Append("eE"[random.Next(2)]).Append(new[] { "", "+", "-" }[random.Next(3)]).Append(random.Next(330));
                    break;
            }

            yield return number.ToString();

            void Digits(int length)
            {
                number.Append((char)('1' + random.Next(9)));
                while (--length > 0)
                    number.Append((char)('0' + random.Next(10)));
            }
        }
    }
}

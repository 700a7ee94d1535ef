using Drift.Core.Codec;
using Drift.Core.Performance;
using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Quality;
using Drift.Core.Settings;
using Drift.Core.Windows;

namespace Drift.Core.Tests.Profiles;

public sealed class CodecTests
{
    [Theory]
    [InlineData(ModelTask.None)]
    [InlineData(ModelTask.Binary)]
    [InlineData(ModelTask.Multiclass)]
    [InlineData(ModelTask.Regression)]
    public void Plans_and_deltas_come_back_as_they_were_written(ModelTask task)
    {
        var plan = Samples.Plan(task);
        var bytes = plan.Encode();
        var decoded = Plan.Decode(bytes);
        Assert.Equal(bytes, decoded.Encode());
        Assert.Equal(plan.Columns.Select(c => (c.Name, c.Role, c.Type, c.Source)), decoded.Columns.Select(c => (c.Name, c.Role, c.Type, c.Source)));
        Assert.Equal((plan.Version, plan.Task, plan.Positive), (decoded.Version, decoded.Task, decoded.Positive));

        var batch = Samples.Batch(new Random(7), 400, task);
        var delta = new Profiler().Bin(batch, plan, Samples.Now);
        Assert.True(Delta.IsOf(delta, plan));
        Assert.False(Delta.IsOf(delta, plan.WithVersion(2)));
        var parts = Delta.Decode(delta, decoded);
        Assert.Equal(400, parts.Where(p => p.Segment == PaneStore.AllRows).Sum(p => p.Profile.Rows));
        var whole = new Profile(decoded);
        foreach (var part in parts.Where(p => p.Segment == PaneStore.AllRows))
            whole.Merge(part.Profile);
        var direct = new Profile(plan);
        direct.Add(batch, [.. Enumerable.Range(0, 400)]);
        Assert.Equal(Samples.Bytes(direct), Samples.Bytes(whole));
    }

    [Fact]
    public void A_profile_of_no_rows_comes_back_empty()
    {
        var plan = Samples.Plan(ModelTask.Binary);
        var bytes = Samples.Bytes(new Profile(plan));
        var reader = new ByteReader(bytes, "profile");
        Assert.Equal(bytes, Samples.Bytes(Profile.Read(ref reader, plan)));
        reader.End();
    }

    [Theory]
    [InlineData(ModelTask.Binary)]
    [InlineData(ModelTask.Multiclass)]
    [InlineData(ModelTask.Regression)]
    public void A_damaged_delta_with_a_right_checksum_throws_only_codec_exceptions(ModelTask task)
    {
        var plan = Samples.Plan(task);
        var delta = new Profiler().Bin(Samples.Batch(new Random(8), 12, task), plan, Samples.Now);
        var random = new Random(9);
        var sound = 0;
        for (var i = 0; i < 4000; i++)
        {
            var bytes = Samples.Seal(Samples.Mutate(random, delta));
            IReadOnlyList<(string Segment, PaneKey Pane, Profile Profile)> parts;
            try
            {
                Delta.IsOf(bytes, plan);
                parts = Delta.Decode(bytes, plan);
            }
            catch (CodecException)
            {
                continue;
            }

            // What decodes can be used: merged, encoded and reported without overflow.
            sound++;
            var merged = new Profile(plan);
            foreach (var part in parts)
            {
                Assert.True(part.Pane.End > part.Pane.Start);
                merged.Merge(part.Profile);
                Samples.Bytes(part.Profile);
            }

            Samples.Bytes(merged);
            Assert.InRange(QualityReport.From(null, merged).DataQualityScore, 0, 1);
            PerformanceReport.From(merged.Performance, plan.Positive);
            foreach (var numeric in merged.Columns.OfType<NumericProfile>())
                Assert.False(double.IsNaN(numeric.Mean) || double.IsNaN(numeric.StandardDeviation));
        }

        Assert.InRange(sound, 1, 3999);
    }

    [Fact]
    public void A_damaged_plan_with_a_right_checksum_throws_only_codec_exceptions()
    {
        var plan = Samples.Plan(ModelTask.Multiclass).Encode();
        var batch = Samples.Batch(new Random(10), 20, ModelTask.Multiclass);
        int[] rows = [.. Enumerable.Range(0, batch.Count)];
        var random = new Random(11);
        var sound = 0;
        for (var i = 0; i < 10_000; i++)
        {
            Plan decoded;
            try
            {
                decoded = Plan.Decode(Samples.Seal(Samples.Mutate(random, plan)));
            }
            catch (CodecException)
            {
                continue;
            }

            sound++;
            if (i % 10 == 0)
                new Profile(decoded).Add(batch, rows);
        }

        Assert.InRange(sound, 1, 9999);
    }

    [Fact]
    public void Damage_is_found_by_the_checksum()
    {
        var plan = Samples.Plan(ModelTask.None);
        var delta = new Profiler().Bin(Samples.Batch(new Random(12), 5, ModelTask.None), plan, Samples.Now);
        var random = new Random(13);
        for (var i = 0; i < 1000; i++)
        {
            var bytes = (byte[])delta.Clone();
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            Assert.Throws<CodecException>(() => Delta.Decode(bytes, plan));
        }

        for (var length = 0; length < delta.Length; length++)
            Assert.Throws<CodecException>(() => Delta.Decode(delta.AsSpan(0, length), plan));
    }

    [Fact]
    public void A_gap_that_overflows_an_integer_is_refused()
    {
        var plan = Samples.Plan(ModelTask.None);
        var writer = new ByteWriter();
        writer.WriteCount(1);
        for (var i = 0; i < 3; i++)
            writer.WriteCount(0);
        writer.WriteVarint(1);
        writer.WriteVarint(int.MaxValue);
        writer.WriteCount(1);
        Assert.Throws<CodecException>(() =>
        {
            var reader = new ByteReader(writer.Written, "profile");
            Profile.Read(ref reader, plan);
        });
    }
}

using BenchmarkDotNet.Attributes;
using Drift.Core.Codec;
using Drift.Core.Profiles;
using Drift.Simulation;

namespace Drift.Benchmarks.Core;

/// <summary>A profile of 10 numeric columns and 10 000 rows: merged, encoded, decoded.</summary>
[MemoryDiagnoser]
public class ProfileBenchmarks
{
    private readonly ByteWriter _writer = new(64 * 1024);
    private Profile? _target;
    private Profile? _profile;
    private byte[] _bytes = [];

    [GlobalSetup]
    public void Setup()
    {
        var random = new SplitMix(17);
        var table = new Table([.. Enumerable.Range(0, 10).Select(i => ColumnModel.Numeric($"f{i}", r => r.Normal()))]);
        _target = table.Reference(5_000, random);
        _profile = table.Window(_target.Plan, 10_000, random);
        _profile.Write(_writer);
        _bytes = _writer.ToArray();
    }

    [Benchmark]
    public long Merge()
    {
        _target!.Merge(_profile!);
        return _target.Rows;
    }

    [Benchmark]
    public int Encode()
    {
        _writer.Reset();
        _profile!.Write(_writer);
        return _writer.Length;
    }

    [Benchmark]
    public long Decode()
    {
        var reader = new ByteReader(_bytes, "benchmark");
        return Profile.Read(ref reader, _profile!.Plan).Rows;
    }
}

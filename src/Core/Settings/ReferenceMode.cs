namespace Drift.Core.Settings;

/// <summary>Where the reference comes from.</summary>
public enum ReferenceMode
{
    /// <summary>The first rows that arrive.</summary>
    First,

    /// <summary>Rows uploaded by <c>PUT …/reference</c>.</summary>
    Uploaded,

    /// <summary>A period of the model's own past, pinned by <c>POST …/reference/pin</c>.</summary>
    Pinned,

    /// <summary>The last days, with a lag.</summary>
    Rolling,

    /// <summary>The reference of another model.</summary>
    Model,
}
